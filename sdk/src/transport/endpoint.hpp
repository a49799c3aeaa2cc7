// The gateway's address, taken apart.
#pragma once

#include <string>

#include "penstock/status.hpp"

namespace penstock::transport {

struct Endpoint {
  bool tls = true;
  std::string host;  // without the brackets of an IPv6 address
  int port = 443;

  std::string host_and_port() const;  // as people write it
};

// "https://host[:port]" or "http://…", with or without a slash at the end. Fails with
// kInvalidOption.
Result<Endpoint> parse_endpoint(const std::string& text);

}  // namespace penstock::transport
