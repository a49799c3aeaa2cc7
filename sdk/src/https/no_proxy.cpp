#include "https/no_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace penstock::https {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  // 32 or 128; 0: it is a name
};

Address to_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string ended(text);
  Address address;
  if (inet_pton(AF_INET, ended.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, ended.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  }
  return address;
}

bool same_network(const Address& host, const Address& network, int bits) {
  for (int bit = 0; bit < bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((host.bytes[byte] ^ network.bytes[byte]) & mask) != 0) return false;
  }
  return true;
}

bool address_matches(const Address& host, std::string_view entry) {
  const auto slash = entry.find('/');
  const Address network = to_address(entry.substr(0, slash));
  if (network.bits != host.bits) return false;
  if (slash == std::string_view::npos) return same_network(host, network, host.bits);
  int bits = 0;
  const char* end = entry.data() + entry.size();
  const auto [read_to, error] = std::from_chars(entry.data() + slash + 1, end, bits);
  return error == std::errc() && read_to == end && bits >= 0 && bits <= host.bits &&
         same_network(host, network, bits);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool name_matches(std::string_view host, std::string_view entry) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (entry.ends_with('.')) entry.remove_suffix(1);
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || host.size() < entry.size()) return false;
  const std::size_t above = host.size() - entry.size();
  return equal_names(host.substr(above), entry) && (above == 0 || host[above - 1] == '.');
}

// Takes ":port" off, if there is one. False: it is another port, or none at all.
bool takes_port(std::string_view& entry, int port) {
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view before = entry.substr(0, colon);
  const bool bracketed = before.starts_with('[') && before.ends_with(']');
  if (!bracketed && before.find(':') != std::string_view::npos) return true;  // an IPv6 address
  if (entry.front() == '[' && !bracketed) return true;                        // "[address]"
  int named = 0;
  const char* const end = entry.data() + entry.size();
  const auto [read_to, error] = std::from_chars(entry.data() + colon + 1, end, named);
  entry = before;
  return error == std::errc() && read_to == end && named == port;
}

}  // namespace

bool bypasses_proxy(std::string_view list, std::string_view host, int port) {
  constexpr std::string_view kSeparators = ", \t";
  const Address address = to_address(host);
  for (std::size_t begin = list.find_first_not_of(kSeparators); begin != std::string_view::npos;) {
    const std::size_t end = std::min(list.find_first_of(kSeparators, begin), list.size());
    std::string_view entry = list.substr(begin, end - begin);
    if (entry == "*") return true;
    if (takes_port(entry, port) &&
        (address.bits != 0 ? address_matches(address, entry) : name_matches(host, entry))) {
      return true;
    }
    begin = list.find_first_not_of(kSeparators, end);
  }
  return false;
}

}  // namespace penstock::https
