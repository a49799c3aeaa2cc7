#include "https/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace penstock::https {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, as text
constexpr std::size_t kLabelBytesMax = 63;

Status invalid(const std::string& what) {
  return {StatusCode::kInvalidOption,
          "endpoint " + what + "; it looks like \"https://telemetry.example.com:8443\""};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_host_character(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) || c == '-' || c == '_';
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// Schemes are read in any case.
bool take_prefix(std::string_view& text, std::string_view prefix) {
  const bool fits = text.size() >= prefix.size() &&
                    std::equal(prefix.begin(), prefix.end(), text.begin(),
                               [](char wanted, char c) { return wanted == lower(c); });
  if (fits) text.remove_prefix(prefix.size());
  return fits;
}

bool parse_port(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// A name that a resolver can be asked for, or an IPv4 address.
const char* check_name(const std::string& host) {
  std::string_view rest = host;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (rest.empty() || rest.size() > kHostBytesMax) return "has no valid host";
  bool last_is_number = false;
  for (bool more = true; more;) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    const std::string_view label = rest.substr(0, end);
    if (label.empty() || label.size() > kLabelBytesMax) return "has no valid host";
    for (const char c : label) {
      if (static_cast<unsigned char>(c) >= 0x80)
        return "has a host outside of ASCII: give the form that begins with \"xn--\"";
      if (!is_host_character(c)) return "has no valid host";
    }
    last_is_number = std::all_of(label.begin(), label.end(), is_digit);
    more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (last_is_number && !is_address(AF_INET, host)) return "has no valid IPv4 address";
  return nullptr;
}

const char* check_host(const std::string& host, bool bracketed) {
  if (!bracketed) return check_name(host);
  if (host.find('%') != std::string::npos)
    return "has an IPv6 address with a zone, which no certificate has";
  return is_address(AF_INET6, host) ? nullptr : "has no valid IPv6 address";
}

}  // namespace

std::string Endpoint::host_and_port() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

const char* read_host_and_port(std::string_view text, Endpoint& endpoint) {
  const bool bracketed = text.starts_with('[');
  const auto host_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && host_end == std::string_view::npos) return "has a '[' without a ']'";
  endpoint.host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
  if (const char* problem = check_host(endpoint.host, bracketed)) return problem;
  if (host_end == std::string_view::npos) return nullptr;
  text.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (text.empty()) return nullptr;
  if (text.front() != ':' || !parse_port(text.substr(1), endpoint.port)) {
    return "has no valid port (1 to 65535)";
  }
  return nullptr;
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  Endpoint endpoint;
  std::string_view rest = text;
  if (rest.empty()) return invalid("is empty");
  if (take_prefix(rest, "http://")) {
    endpoint.tls = false;
    endpoint.port = 80;
  } else if (!take_prefix(rest, "https://")) {
    return invalid("does not begin with \"https://\"");
  }
  if (rest.find('@') != std::string_view::npos)
    return invalid("holds a user name or password; write_key is what identifies the sender");
  if (rest.find_first_of("?#") != std::string_view::npos)
    return invalid("has a query or a fragment; give scheme, host and port only");
  if (rest.find('\\') != std::string_view::npos) return invalid("has a backslash");
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('/') != std::string_view::npos) {
    return invalid("has a path; give scheme, host and port only: the protocol's paths are added");
  }
  if (const char* problem = read_host_and_port(rest, endpoint)) return invalid(problem);
  return endpoint;
}

}  // namespace penstock::https
