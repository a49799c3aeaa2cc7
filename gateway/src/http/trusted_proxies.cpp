#include "trusted_proxies.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <stdexcept>

namespace penstock::gateway {
namespace {

namespace ip = boost::asio::ip;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<ip::address> address_of(std::string_view text) {
  // Longer than any address, and text that would be copied for nothing.
  constexpr std::size_t kTextMax = 64;
  if (text.size() > kTextMax) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(unmapped(address));
}

// As proxies write it: 10.0.0.1, 10.0.0.1:4711, 2001:db8::1, [2001:db8::1] or [2001:db8::1]:4711.
std::optional<ip::address> hop_of(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == text.npos ? std::nullopt : address_of(text.substr(1, end - 1));
  }
  const auto colon = text.find(':');
  const bool has_port = colon != text.npos && text.find(':', colon + 1) == text.npos;
  return address_of(has_port ? text.substr(0, colon) : text);
}

bool same_bits(std::span<const unsigned char> one, std::span<const unsigned char> other,
               unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(whole), other.begin()))
    return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((one[whole] ^ other[whole]) >> (8 - rest)) == 0;
}

}  // namespace

ip::address unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = address_of(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits_max = address->is_v4() ? 32 : 128;
  Network network{*address, bits_max};
  if (slash == text.npos) return network;
  const std::string_view bits = text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(bits.data(), bits.data() + bits.size(), network.prefix_bits);
  if (error != std::errc() || end != bits.data() + bits.size() || network.prefix_bits > bits_max)
    return std::nullopt;
  return network;
}

bool Network::contains(const ip::address& other) const {
  const ip::address plain = unmapped(other);
  if (plain.is_v4() != address.is_v4()) return false;
  if (plain.is_v4())
    return same_bits(address.to_v4().to_bytes(), plain.to_v4().to_bytes(), prefix_bits);
  return same_bits(address.to_v6().to_bytes(), plain.to_v6().to_bytes(), prefix_bits);
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& networks) {
  for (const auto& text : networks) {
    const auto network = Network::parse(text);
    if (!network) throw std::invalid_argument("neither an address nor a network: " + text);
    networks_.push_back(*network);
  }
}

bool TrustedProxies::contains(const ip::address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return network.contains(address); });
}

std::optional<ip::address> TrustedProxies::client_of(std::string_view forwarded_for) const {
  std::string_view left = forwarded_for;
  for (std::size_t hops = 0; hops <= kHopsMax; ++hops) {
    const auto comma = left.rfind(',');
    const std::string_view last = comma == left.npos ? left : left.substr(comma + 1);
    const auto hop = hop_of(trimmed(last));
    if (!hop || comma == left.npos || !contains(*hop)) return hop;
    left = left.substr(0, comma);
  }
  return std::nullopt;
}

}  // namespace penstock::gateway
