#include "transport/endpoint.hpp"

#include <charconv>
#include <string_view>

namespace penstock::transport {
namespace {

Status invalid(const std::string& what) {
  return {StatusCode::kInvalidOption,
          "endpoint " + what + "; it looks like \"https://telemetry.example.com:8443\""};
}

bool parse_port(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

}  // namespace

std::string Endpoint::host_and_port() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  Endpoint endpoint;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    endpoint.tls = false;
    endpoint.port = 80;
  } else {
    return invalid("does not begin with \"https://\"");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);

  const bool bracketed = rest.starts_with('[');
  const auto host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) return invalid("has a '[' without a ']'");
  endpoint.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  if (endpoint.host.empty() || endpoint.host.find('/') != std::string::npos) {
    return invalid("has no valid host");
  }
  if (host_end == std::string_view::npos) return endpoint;
  rest.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (rest.empty()) return endpoint;
  if (rest.front() != ':' || !parse_port(rest.substr(1), endpoint.port)) {
    return invalid("has no valid port (1 to 65535)");
  }
  return endpoint;
}

}  // namespace penstock::transport
