// The gateway's address, or a proxy's, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "penstock/status.hpp"

namespace penstock::https {

struct Endpoint {
  bool tls = true;
  std::string host;  // without the brackets of an IPv6 address
  int port = 443;

  std::string host_and_port() const;  // as people write it
};

// "https://host[:port]" or "http://…", the scheme in any case, with or without a slash at the end.
// The one reader of endpoints: what passes here can be connected to. Fails with kInvalidOption, and
// says why.
Result<Endpoint> parse_endpoint(const std::string& text);

// Reads "host", "host:port" or "[address]:port", a name that can be resolved or an address, into
// `endpoint`, whose port stays if there is none. Returns what is wrong with it ("has …"), or null.
const char* read_host_and_port(std::string_view text, Endpoint& endpoint);

}  // namespace penstock::https
