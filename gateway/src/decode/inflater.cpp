#include "inflater.hpp"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace penstock::gateway {
namespace {

// A ratio that no telemetry reaches: 1000 events of 8 KB that differ in their sequence number alone
// have 300 with zstd. Bodies below the floor are not worth an attacker's while.
constexpr std::size_t kRatioMax = 1000;
constexpr std::size_t kRatioFloor = std::size_t{1024} * 1024;

// What typical bodies need; a larger buffer is on lease and not kept: one thread may meet one in a
// day.
constexpr std::size_t kFirstCapacity = std::size_t{256} * 1024;
constexpr std::size_t kKeptCapacity = std::size_t{1024} * 1024;

constexpr int kGzipOnly = 15 + 16;  // zlib: the largest window, and a gzip header

// RFC 8878, 3.1: libzstd would also read the formats from before it, whose decoders get little
// care.
bool is_zstd_frame(std::string_view body) noexcept {
  if (body.size() < 4) return false;
  const auto byte = [body](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(body[i])};
  };
  const std::uint32_t magic = byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
  return magic == 0xFD2FB528 || (magic & 0xFFFFFFF0) == 0x184D2A50;  // or a frame to be skipped
}

Problem too_large(std::size_t bytes_max) {
  return {413,
          "inflated_too_large",
          "the body inflates to more than " + std::to_string(bytes_max) +
              " bytes; send fewer events in a batch",
          {}};
}

}  // namespace

struct Inflater::Contexts {
  Contexts() : zstd(ZSTD_createDCtx()) {
    if (zstd == nullptr) throw std::bad_alloc();
    if (inflateInit2(&gzip, kGzipOnly) != Z_OK) {
      ZSTD_freeDCtx(zstd);
      throw std::bad_alloc();
    }
  }
  ~Contexts() {
    inflateEnd(&gzip);
    ZSTD_freeDCtx(zstd);
  }
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;

  ZSTD_DCtx* zstd;
  z_stream gzip{};
};

Inflater::Inflater() : contexts_(std::make_unique<Contexts>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Outcome<std::string> Inflater::inflate(BodyCoding coding, std::string body, std::size_t bytes_max,
                                       MemoryLease& lease) {
  if (coding == BodyCoding::kIdentity) {
    if (body.size() > bytes_max) return too_large(bytes_max);
    return body;
  }
  bytes_max = std::min(bytes_max, std::max(kRatioFloor, kRatioMax * body.size()));
  auto outcome = inflated(coding, body, bytes_max, lease);
  shrink(lease);
  const std::size_t travelled = body.capacity();
  std::string().swap(body);  // assigning would keep its memory
  lease.shrink(std::min(travelled, lease.bytes() - (outcome ? outcome->size() : 0)));
  return outcome;
}

Outcome<std::string> Inflater::inflated(BodyCoding coding, std::string_view body,
                                        std::size_t bytes_max, MemoryLease& lease) {
  size_ = 0;
  auto& gzip = contexts_->gzip;
  gzip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // only read
  gzip.avail_in = static_cast<uInt>(body.size());
  inflateReset(&gzip);

  Result result = Result::kMoreRoom;
  // One byte more than allowed tells "exactly full" from "too much".
  while (result == Result::kMoreRoom && grow(bytes_max + 1, lease)) {
    result = coding == BodyCoding::kGzip ? gunzip() : unzstd(body);
  }
  Outcome<std::string> outcome = too_large(bytes_max);
  if (result == Result::kDamaged) {
    outcome =
        Problem{400,
                "damaged_body",
                "the body is not complete and valid in its Content-Encoding; compress it again",
                {}};
  } else if (result == Result::kDone && size_ <= bytes_max) {
    grow_or_throw(lease, size_);
    outcome = std::string(buffer_.get(), size_);
  }
  return outcome;
}

void Inflater::shrink(MemoryLease& lease) noexcept {
  if (capacity_ <= kKeptCapacity) return;
  buffer_.reset();
  lease.shrink(std::exchange(capacity_, 0));
}

bool Inflater::grow(std::size_t bytes_max, MemoryLease& lease) {
  if (size_ < capacity_) return true;
  if (capacity_ >= bytes_max) return false;
  const std::size_t capacity = std::min(bytes_max, std::max(kFirstCapacity, capacity_ * 2));
  if (capacity > kKeptCapacity) grow_or_throw(lease, capacity);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ != 0) std::memcpy(larger.get(), buffer_.get(), size_);
  shrink(lease);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  return true;
}

Inflater::Result Inflater::gunzip() {
  auto& gzip = contexts_->gzip;
  for (;;) {
    gzip.next_out = reinterpret_cast<Bytef*>(buffer_.get() + size_);
    gzip.avail_out = static_cast<uInt>(capacity_ - size_);
    const int status = ::inflate(&gzip, Z_NO_FLUSH);
    size_ = capacity_ - gzip.avail_out;
    if (status == Z_STREAM_END) {
      if (gzip.avail_in == 0) return Result::kDone;
      inflateReset(&gzip);  // the next member
    } else if ((status != Z_OK && status != Z_BUF_ERROR) || gzip.avail_out != 0) {
      return Result::kDamaged;  // or cut off: it wants more than there is
    }
    if (size_ == capacity_) return Result::kMoreRoom;
  }
}

// In one go into the buffer: that needs no window of its own, whatever size the frame's header
// claims. Where the buffer proves too small all is done again; it doubles, so at most twice the
// work.
Inflater::Result Inflater::unzstd(std::string_view body) {
  size_ = 0;
  while (!body.empty()) {
    const std::size_t frame = ZSTD_findFrameCompressedSize(body.data(), body.size());
    if (!is_zstd_frame(body) || ZSTD_isError(frame)) return Result::kDamaged;
    const std::size_t bytes = ZSTD_decompressDCtx(contexts_->zstd, buffer_.get() + size_,
                                                  capacity_ - size_, body.data(), frame);
    if (ZSTD_isError(bytes)) {
      if (ZSTD_getErrorCode(bytes) != ZSTD_error_dstSize_tooSmall) return Result::kDamaged;
      size_ = capacity_;
      return Result::kMoreRoom;
    }
    size_ += bytes;
    body.remove_prefix(frame);
  }
  return Result::kDone;
}

}  // namespace penstock::gateway
