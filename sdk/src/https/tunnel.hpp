// Through a proxy to the gateway: HTTP's CONNECT (RFC 9110, 9.3.6), or SOCKS5 (RFC 1928, 1929).
#pragma once

#include <string>

#include "https/channel.hpp"
#include "https/proxy.hpp"

namespace penstock::https {

// `channel` is connected to the proxy (and speaks TLS with it, if it wants that). Once this has
// returned true, what is written goes to `target`, whose name the proxy has resolved. False, with a
// text in channel.error() that says what the proxy answered, and never who we said we are.
bool open_tunnel(Channel& channel, const Proxy& proxy, const Endpoint& target,
                 const std::string& user_agent);

}  // namespace penstock::https
