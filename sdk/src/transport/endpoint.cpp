#include "transport/endpoint.hpp"

#include <charconv>

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

const char* read_host_and_port(std::string_view text, Endpoint& endpoint) {
  const bool bracketed = text.starts_with('[');
  const auto host_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && host_end == std::string_view::npos) return "has a '[' without a ']'";
  endpoint.host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
  if (endpoint.host.empty() || endpoint.host.find('/') != std::string::npos) {
    return "has no valid host";
  }
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

  if (const char* problem = read_host_and_port(rest, endpoint)) return invalid(problem);
  return endpoint;
}

}  // namespace penstock::transport
