// What a load balancer says of a connection before the client's first byte: the PROXY protocol,
// versions 1 and 2 (haproxy.org, proxy-protocol.txt).
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace penstock::gateway {

// Takes the header in byte by byte, or in larger parts, but never a byte of what follows it. One
// thread at a time.
class ProxyHeader {
 public:
  // Where to write what is read next, at most so many bytes. Empty: the header is complete, or is
  // none.
  std::span<char> wanted() noexcept;
  // `count` bytes of wanted() were written.
  void add(std::size_t count);

  bool complete() const noexcept { return state_ == State::kComplete; }
  // Why this is no header: a part of a sentence. "" as long as it may be one.
  std::string_view fault() const noexcept { return fault_; }
  // Who the balancer speaks for. Nothing: for itself, as a health check does, or for a client
  // without an IP address.
  std::optional<boost::asio::ip::address> client() const { return client_; }

 private:
  // The protocol allows 64 KiB, and says that 536 bytes are enough: of what balancers add to the
  // addresses nothing is used here.
  static constexpr std::size_t kBytesMax = 1024;
  static constexpr std::size_t kLineBytesMax = 107;  // of version 1, with its end
  static constexpr std::size_t kHeadBytes = 16;      // of version 2

  enum class State { kBegin, kLine, kHead, kAddresses, kComplete, kBroken };

  void read_begin() noexcept;
  void read_line();
  void read_head() noexcept;
  void read_addresses();
  void fail(std::string_view why) noexcept;
  std::string_view bytes() const noexcept { return {bytes_.data(), used_}; }

  State state_ = State::kBegin;
  std::size_t used_ = 0;
  std::size_t until_ = 8;  // as many are looked at together
  std::string_view fault_;
  std::optional<boost::asio::ip::address> client_;
  std::array<char, kBytesMax> bytes_;
};

}  // namespace penstock::gateway
