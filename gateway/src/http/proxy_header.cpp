#include "proxy_header.hpp"

#include <algorithm>
#include <string>

#include "trusted_proxies.hpp"

namespace penstock::gateway {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kLineBegin = "PROXY ";
constexpr unsigned kVersion = 0x20, kLocal = 0, kProxied = 1;
constexpr unsigned kTcp4 = 0x11, kTcp6 = 0x21;

unsigned byte(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

template <typename Address>
ip::address address_at(std::string_view bytes, std::size_t at) {
  typename Address::bytes_type raw;
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<unsigned char>(bytes[at + i]);
  return unmapped(Address(raw));
}

}  // namespace

std::span<char> ProxyHeader::wanted() noexcept {
  if (state_ == State::kComplete || state_ == State::kBroken) return {};
  return {bytes_.data() + used_, until_ - used_};
}

void ProxyHeader::add(std::size_t count) {
  used_ += count;
  if (used_ < until_) return;
  if (state_ == State::kBegin) return read_begin();
  if (state_ == State::kLine) return read_line();
  if (state_ == State::kHead) return read_head();
  read_addresses();
}

void ProxyHeader::fail(std::string_view why) noexcept {
  fault_ = why;
  state_ = State::kBroken;
}

void ProxyHeader::read_begin() noexcept {
  if (bytes() == kSignature.substr(0, used_)) {
    state_ = State::kHead;
    until_ = kHeadBytes;
  } else if (bytes().starts_with(kLineBegin)) {
    state_ = State::kLine;
    ++until_;
  } else {
    fail("begins with something else");
  }
}

// A byte at a time: what follows the line's end is the client's.
void ProxyHeader::read_line() {
  if (!bytes().ends_with("\r\n")) {
    if (used_ == kLineBytesMax) return fail("has a line that is too long");
    ++until_;
    return;
  }
  const std::string_view line = bytes().substr(0, used_ - 2);
  state_ = State::kComplete;
  if (line.starts_with("PROXY UNKNOWN")) return;
  // PROXY TCP4 <source> <destination> <source's port> <destination's port>
  const bool v4 = line.starts_with("PROXY TCP4 "), v6 = line.starts_with("PROXY TCP6 ");
  if (!v4 && !v6) return fail("names a protocol that is neither TCP4, TCP6 nor UNKNOWN");
  const std::string_view rest = line.substr(kLineBegin.size() + 5);
  boost::system::error_code error;
  const auto source = ip::make_address(std::string(rest.substr(0, rest.find(' '))), error);
  if (error || source.is_v4() != v4 || std::count(rest.begin(), rest.end(), ' ') != 3)
    return fail("has a line without two addresses and two ports");
  client_ = unmapped(source);
}

void ProxyHeader::read_head() noexcept {
  if (!bytes().starts_with(kSignature)) return fail("begins with something else");
  const unsigned command = byte(bytes(), 12);
  if (command != (kVersion | kLocal) && command != (kVersion | kProxied))
    return fail("has a version or a command that is not known");
  const std::size_t more = byte(bytes(), 14) * 256 + byte(bytes(), 15);
  if (kHeadBytes + more > kBytesMax) return fail("is longer than 1024 bytes");
  until_ += more;
  state_ = State::kAddresses;
  if (more == 0) read_addresses();
}

void ProxyHeader::read_addresses() {
  state_ = State::kComplete;
  if (byte(bytes(), 12) == (kVersion | kLocal)) return;
  const unsigned family = byte(bytes(), 13);
  const std::size_t more = used_ - kHeadBytes;
  if ((family == kTcp4 && more < 12) || (family == kTcp6 && more < 36))
    return fail("is too short for its addresses");
  if (family == kTcp4) client_ = address_at<ip::address_v4>(bytes(), kHeadBytes);
  if (family == kTcp6) client_ = address_at<ip::address_v6>(bytes(), kHeadBytes);
}

}  // namespace penstock::gateway
