#include "body_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "memory_problem.hpp"

namespace penstock::gateway {
namespace {

// One TLS record, which is the most that one read gives.
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;
// A new connection with its handshake costs both sides more than this.
constexpr std::uint64_t kSkipBytesMax = std::uint64_t{64} * 1024;
// Memory for what has not come yet: little at first, then four times as much as has come.
constexpr std::size_t kFirstBytes = std::size_t{16} * 1024;
constexpr std::size_t kGrowth = 4;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Problem too_large(std::size_t bytes_max) {
  return {413,
          "body_too_large",
          "the body is larger than " + std::to_string(bytes_max) +
              " bytes; send fewer events in one request",
          {}};
}

bool lease_up_to(MemoryLease& lease, std::size_t bytes) {
  return bytes <= lease.bytes() || lease.grow(bytes - lease.bytes());
}

// Room for `bytes` and, so that it need not grow with each read, for more, `bytes_max` at most.
std::optional<Problem> make_room(std::string& body, std::size_t bytes, std::size_t bytes_max,
                                 MemoryLease& lease) {
  if (bytes <= body.capacity()) return std::nullopt;
  const std::size_t more = std::min(std::max(kFirstBytes, kGrowth * body.capacity()), bytes_max);
  std::size_t capacity = std::max(bytes, more);
  if (!lease_up_to(lease, capacity)) {
    capacity = bytes;
    if (!lease_up_to(lease, capacity)) return no_memory(lease, capacity - lease.bytes());
  }
  body.reserve(capacity);
  return std::nullopt;
}

}  // namespace

BodyReader::BodyReader(ByteStream& stream, const ParsedHead& head, std::string_view arrived,
                       const HttpSettings& settings)
    : stream_(stream),
      arrived_(arrived),
      settings_(settings),
      unread_(head.body_bytes),
      chunked_(head.chunked),
      expects_continue_(head.expects_continue) {}

net::awaitable<Outcome<std::string>> BodyReader::read(std::size_t bytes_max, MemoryLease& lease) {
  if (!chunked_ && unread_ > bytes_max) co_return too_large(bytes_max);
  begin_ = ByteStream::Clock::now();
  stream_.expires_after(settings_.body_timeout);
  if (expects_continue_ && arrived_.empty()) {
    const bool told = co_await stream_.write(kContinue);
    if (!told) co_return interrupted();
  }
  expects_continue_ = false;
  Outcome<std::string> body = std::string();
  if (chunked_)
    body = co_await read_chunked(bytes_max, lease);
  else
    body = co_await read_sized(static_cast<std::size_t>(unread_), lease);
  co_return body;
}

net::awaitable<std::size_t> BodyReader::read_some(char* to, std::size_t bytes_max) {
  auto end = begin_ + settings_.body_timeout;
  if (settings_.body_rate_min > 0) {
    const std::chrono::duration<double> earned(static_cast<double>(received_) /
                                               static_cast<double>(settings_.body_rate_min));
    const auto slowest = begin_ + settings_.body_grace +
                         std::chrono::duration_cast<ByteStream::Clock::duration>(earned);
    end = std::min(end, slowest);
  }
  const auto left = end - ByteStream::Clock::now();
  stream_.expires_after(std::chrono::ceil<std::chrono::milliseconds>(left));
  const std::size_t got = co_await stream_.read_some(to, bytes_max);
  received_ += got;
  co_return got;
}

net::awaitable<Outcome<std::string>> BodyReader::read_sized(std::size_t bytes, MemoryLease& lease) {
  std::string body;
  const auto arrived = std::min(bytes, arrived_.size());
  if (auto problem = make_room(body, arrived, bytes, lease)) co_return *problem;
  body.append(arrived_.substr(0, arrived));
  arrived_.remove_prefix(arrived);
  unread_ -= arrived;
  while (unread_ > 0) {
    const auto size = body.size();
    const auto step = std::min(kReadBytes, bytes - size);
    if (auto problem = make_room(body, size + step, bytes, lease)) co_return *problem;
    body.resize(size + step);
    const std::size_t got = co_await read_some(body.data() + size, step);
    body.resize(size + got);
    if (got == 0) co_return interrupted();
    unread_ -= got;
  }
  co_return body;
}

net::awaitable<Outcome<std::string>> BodyReader::read_chunked(std::size_t bytes_max,
                                                              MemoryLease& lease) {
  std::string body;
  if (auto problem = make_room(body, arrived_.size(), bytes_max, lease)) co_return *problem;
  body.append(arrived_);
  arrived_ = {};
  for (std::size_t size = 0, got = body.size();;) {  // the last `got` bytes are not decoded yet
    const auto decoded = chunks_.decode(body.data() + size, got);
    if (chunks_.done()) overrun_.assign(body, size + decoded.consumed, got - decoded.consumed);
    size += decoded.payload;
    body.resize(size);
    if (size > bytes_max) co_return too_large(bytes_max);
    if (chunks_.done()) co_return body;
    if (chunks_.failed())
      co_return Problem{400, "bad_chunk", "the body's chunked encoding is broken", {}};
    auto problem = make_room(body, size + kReadBytes, bytes_max + kReadBytes, lease);
    if (problem) co_return *problem;
    body.resize(size + kReadBytes);
    got = co_await read_some(body.data() + size, kReadBytes);
    if (got == 0) co_return interrupted();
  }
}

Problem BodyReader::interrupted() const {
  if (!stream_.expired())
    return {400, "incomplete_body", "the connection ended before the body did", {}};
  return {408,
          "body_timeout",
          "the body took longer than " + std::to_string(settings_.body_timeout.count()) +
              " ms, or came in less than " + std::to_string(settings_.body_rate_min) +
              " bytes a second",
          {}};
}

bool BodyReader::can_be_skipped() const noexcept {
  if (chunked_) return chunks_.done();
  return unread_ == 0 || (unread_ <= kSkipBytesMax && !expects_continue_ && !stream_.expired());
}

net::awaitable<bool> BodyReader::skip_rest() {
  const auto arrived = std::min<std::uint64_t>(unread_, arrived_.size());
  arrived_.remove_prefix(static_cast<std::size_t>(arrived));
  unread_ -= arrived;
  if (unread_ == 0) co_return true;
  stream_.expires_after(settings_.body_timeout);
  std::array<char, 4096> unwanted;
  while (unread_ > 0) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(unread_, unwanted.size()));
    const std::size_t got = co_await stream_.read_some(unwanted.data(), step);
    if (got == 0) co_return false;
    unread_ -= got;
  }
  co_return true;
}

std::string_view BodyReader::overrun() const noexcept {
  return chunked_ ? std::string_view(overrun_) : arrived_;
}

}  // namespace penstock::gateway
