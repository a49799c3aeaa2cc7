// A proxy's address, taken apart.
#pragma once

#include <string>

#include "https/endpoint.hpp"
#include "penstock/status.hpp"

namespace penstock::https {

struct Proxy {
  enum class Kind { kHttp, kSocks5 };
  Kind kind = Kind::kHttp;
  Endpoint address;  // with tls: an HTTPS proxy
  std::string user, password;
  bool has_credentials = false;

  // The value of Proxy-Authorization: "Basic …".
  std::string authorization() const;
};

// "[scheme://][user[:password]@]host[:port]", user and password with %xx where they hold what an
// address cannot. Schemes: http (the default; port 80), https (443), socks5 and socks5h (1080).
// Fails with kInvalidOption and what is wrong ("has …"); no byte of `text` is in it.
Result<Proxy> parse_proxy(const std::string& text);

// Why `proxy`, "host:port", answered 407 (or SOCKS5's refusal of a user), and what to do.
std::string describe_407(const std::string& proxy, bool credentials_given);

}  // namespace penstock::https
