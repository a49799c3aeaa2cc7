#include "body_reader.hpp"

#include <algorithm>
#include <array>

namespace penstock::gateway {
namespace {

// One TLS record, which is the most that one read gives.
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;
// A new connection with its handshake costs both sides more than this.
constexpr std::uint64_t kSkipBytesMax = std::uint64_t{64} * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Problem too_large(std::size_t bytes_max) {
  return {413,
          "body_too_large",
          "the body is larger than " + std::to_string(bytes_max) +
              " bytes; send fewer events in one request",
          {}};
}

}  // namespace

BodyReader::BodyReader(ByteStream& stream, const ParsedHead& head, std::string_view arrived,
                       std::chrono::milliseconds timeout)
    : stream_(stream),
      arrived_(arrived),
      timeout_(timeout),
      unread_(head.body_bytes),
      chunked_(head.chunked),
      expects_continue_(head.expects_continue) {}

net::awaitable<Outcome<std::string>> BodyReader::read(std::size_t bytes_max) {
  if (!chunked_ && unread_ > bytes_max) co_return too_large(bytes_max);
  stream_.expires_after(timeout_);
  if (expects_continue_ && arrived_.empty()) {
    const bool told = co_await stream_.write(kContinue);
    if (!told) co_return interrupted();
  }
  expects_continue_ = false;
  Outcome<std::string> body = std::string();
  if (chunked_)
    body = co_await read_chunked(bytes_max);
  else
    body = co_await read_sized(static_cast<std::size_t>(unread_));
  co_return body;
}

net::awaitable<Outcome<std::string>> BodyReader::read_sized(std::size_t bytes) {
  std::string body;
  body.reserve(bytes);  // within what the caller has leased
  const auto arrived = std::min(bytes, arrived_.size());
  body.append(arrived_.substr(0, arrived));
  arrived_.remove_prefix(arrived);
  unread_ -= arrived;
  while (unread_ > 0) {
    const auto size = body.size();
    const auto step = std::min(kReadBytes, bytes - size);
    body.resize(size + step);
    const std::size_t got = co_await stream_.read_some(body.data() + size, step);
    body.resize(size + got);
    if (got == 0) co_return interrupted();
    unread_ -= got;
  }
  co_return body;
}

net::awaitable<Outcome<std::string>> BodyReader::read_chunked(std::size_t bytes_max) {
  std::string body(arrived_);
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
    body.resize(size + kReadBytes);
    got = co_await stream_.read_some(body.data() + size, kReadBytes);
    if (got == 0) co_return interrupted();
  }
}

Problem BodyReader::interrupted() const {
  if (!stream_.expired())
    return {400, "incomplete_body", "the connection ended before the body did", {}};
  return {408,
          "body_timeout",
          "the body took longer than " + std::to_string(timeout_.count()) + " ms",
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
  stream_.expires_after(timeout_);
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
