#include "journal/segment.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <utility>

#include "journal/crc32c.hpp"
#include "journal/later_version.hpp"
#include "wire/limits.hpp"

namespace penstock::journal {
namespace {

std::uint64_t random_salt() noexcept {
  std::uint64_t salt = 0;
  // Early in a boot there may be no entropy; the salt only has to differ, so zero would do once.
  static_cast<void>(::getrandom(&salt, sizeof salt, GRND_NONBLOCK));
  return salt;
}

}  // namespace

SegmentHeader& Segment::header() const noexcept {
  return *reinterpret_cast<SegmentHeader*>(file_.data());
}

RecordHeader& Segment::record(std::size_t offset) const noexcept {
  return *reinterpret_cast<RecordHeader*>(file_.data() + offset);
}

Result<Segment> Segment::prepare(const platform::Folder& folder, std::uint64_t number,
                                 std::size_t bytes, Present present) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "next-%" PRIu64 ".tmp", number);
  auto file = platform::MappedFile::create(folder, name.data(), bytes, present);
  if (!file) return file.status();
  Segment segment(*std::move(file));
  segment.name_ = name;
  return segment;
}

Status Segment::begin(const platform::Folder& folder, std::uint64_t base_seq,
                      const wire::Uuid& install_id) {
  SegmentHeader& header = this->header();
  header.magic = kSegmentMagic;
  header.version = kFormatVersion;
  header.base_seq = base_seq_ = base_seq;
  header.salt = salt_ = random_salt();
  header.install_id = install_id;
  header.header_crc = header_crc();
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%020" PRIu64 ".seg", base_seq);  // sorts as numbers do
  if (Status status = folder.rename(name_.data(), name.data()); !status) return status;
  name_ = name;
  return {};
}

Status Segment::move_to(const platform::Folder& folder) {
  return file_.move_to(folder, name_.data());
}

Result<Segment> Segment::open(const platform::Folder& folder, const char* name,
                              std::size_t bytes_min) {
  const auto no_segment = [&] {
    return Status(StatusCode::kInternal, (folder.path() / name).string() +
                                             " is not a segment of this version, or its header is "
                                             "damaged");
  };
  if (folder.bytes_of(name) > kSegmentBytesMax) return no_segment();  // before room is made for it
  auto file = platform::MappedFile::open(folder, name, std::max(bytes_min, sizeof(SegmentHeader)),
                                         kSegmentBytesMax);
  if (!file) return file.status();
  Segment segment(*std::move(file));
  const SegmentHeader& header = segment.header();
  if (!segment.header_is_good()) return no_segment();
  if (header.version > kFormatVersion) return of_later_version(folder.path() / name);
  std::snprintf(segment.name_.data(), segment.name_.size(), "%s", name);
  segment.base_seq_ = segment.header().base_seq;
  segment.salt_ = segment.header().salt;
  return segment;
}

bool Segment::header_is_good() const noexcept {
  const SegmentHeader& header = this->header();
  return header.magic == kSegmentMagic && header.version >= kFormatVersion && header.base_seq > 0 &&
         header.base_seq <= wire::kSeqMax && header.header_crc == header_crc();
}

std::uint32_t Segment::header_crc() const noexcept {
  constexpr std::size_t begin = offsetof(SegmentHeader, base_seq);
  constexpr std::size_t end = offsetof(SegmentHeader, acknowledged_seq);
  return crc32c(file_.data() + begin, end - begin, seal_of(header().version, kFormatVersion));
}

std::uint32_t Segment::record_crc(const RecordHeader& header,
                                  std::string_view payload) const noexcept {
  constexpr std::size_t begin = offsetof(RecordHeader, payload_bytes);
  constexpr std::size_t end = offsetof(RecordHeader, crc);
  const char* bytes = reinterpret_cast<const char*>(&header);
  const std::uint32_t salted = crc32c(&salt_, sizeof salt_, 0);
  return crc32c(payload.data(), payload.size(), crc32c(bytes + begin, end - begin, salted));
}

void Segment::write(std::size_t offset, std::uint64_t seq, RecordInfo info,
                    std::string_view payload) noexcept {
  RecordHeader& header = record(offset);
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  header.seq = seq;
  header.recorded_at = info.recorded_at;
  header.type = info.type;
  header.crc = record_crc(header, payload);
  std::memcpy(file_.data() + offset + sizeof(RecordHeader), payload.data(), payload.size());
  header.marker.store(kCommittedMarker, std::memory_order_seq_cst);
}

Segment::Entry Segment::at(std::size_t offset) const noexcept {
  if (offset + sizeof(RecordHeader) > file_.size()) return {};
  const RecordHeader& header = record(offset);
  const std::uint32_t marker = header.marker.load(std::memory_order_seq_cst);
  if (marker != kCommittedMarker && marker != kSkippedMarker) return {};
  RecordInfo info;
  info.type = header.type;
  info.recorded_at = header.recorded_at;
  return {marker == kCommittedMarker ? Kind::kRecord : Kind::kSkipped,
          header.seq,
          info,
          {file_.data() + offset + sizeof(RecordHeader), header.payload_bytes},
          offset + record_bytes(header.payload_bytes)};
}

Segment::Entry Segment::verified_at(std::size_t offset, std::uint64_t seq_min) const noexcept {
  const Entry entry = at(offset);
  if (entry.kind == Kind::kNothing || entry.end > file_.size()) return {};
  const RecordHeader& header = record(offset);
  const bool plausible =
      entry.kind == Kind::kSkipped || (entry.seq >= seq_min && entry.seq <= wire::kSeqMax);
  // What is skipped is torn: only that it was skipped has a sum.
  const std::string_view summed = entry.kind == Kind::kSkipped ? std::string_view() : entry.payload;
  return plausible && header.crc == record_crc(header, summed) ? entry : Entry{};
}

void Segment::skip(std::size_t offset, std::size_t end) noexcept {
  RecordHeader& header = record(offset);
  header.marker.store(0, std::memory_order_relaxed);
  header.payload_bytes = static_cast<std::uint32_t>(end - offset - sizeof(RecordHeader));
  header.seq = 0;
  header.recorded_at = header.type = 0;
  header.crc = record_crc(header, {});
  header.marker.store(kSkippedMarker, std::memory_order_release);
}

bool Segment::clear_from(std::size_t offset) noexcept {
  // Most of it is zeros already: reading them costs less than making their pages dirty.
  bool changed = false;
  for (char* at = file_.data() + offset; at < file_.data() + file_.size();) {
    const auto left = static_cast<std::size_t>(file_.data() + file_.size() - at);
    std::uint64_t word = 0;
    const std::size_t step = std::min(left, sizeof word);
    std::memcpy(&word, at, step);
    if (word != 0) {
      std::memset(at, 0, step);
      changed = true;
    }
    at += step;
  }
  return changed;
}

}  // namespace penstock::journal
