// Who may say on whose behalf a connection or a request comes.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::gateway {

// A network: "10.0.0.0/8", "2001:db8::/32", or one address, "127.0.0.1". Nothing if `text` is
// neither.
struct Network {
  boost::asio::ip::address address;
  unsigned prefix_bits = 0;

  static std::optional<Network> parse(std::string_view text);
  // An IPv4 address that is mapped into IPv6 counts as the IPv4 one.
  bool contains(const boost::asio::ip::address& other) const;
};

// The IPv4 address that an IPv6 one maps (::ffff:10.0.0.1), or `address` itself.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

// The load balancers in front of the gateway. Immutable: any thread.
class TrustedProxies {
 public:
  // Throws std::invalid_argument for what Network::parse() does not know.
  explicit TrustedProxies(const std::vector<std::string>& networks = {});

  bool contains(const boost::asio::ip::address& address) const;

  // The client that `forwarded_for`, the value of X-Forwarded-For, names: the last address of the
  // list that is none of these, since whatever stands before it may be the client's own invention.
  // The first of the list if all are trusted. Nothing if that is no address, or if more than
  // kHopsMax trusted ones stand behind it.
  static constexpr std::size_t kHopsMax = 16;
  std::optional<boost::asio::ip::address> client_of(std::string_view forwarded_for) const;

 private:
  std::vector<Network> networks_;
};

}  // namespace penstock::gateway
