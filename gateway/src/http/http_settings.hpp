// The limits of everything that a client can make the gateway wait for or keep.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace penstock::gateway {

// Timeouts are kept to within an eighth of the shortest of them, and half a second at most.
struct HttpSettings {
  // The load balancers in front, as TrustedProxies takes them: whom they name in X-Forwarded-For is
  // the client.
  std::vector<std::string> trusted_proxies = {};
  // Their connections begin with a PROXY header; those of others do not.
  bool proxy_protocol = false;
  std::size_t header_bytes = std::size_t{16} * 1024;  // request line, headers and the empty line
  // Beyond it, those that have waited longest for a request, room_wait at least, are ended for new
  // ones; where none has, new ones wait in the kernel's queue.
  std::size_t connections_max = 10000;
  std::chrono::milliseconds room_wait{500};
  // From the first byte to the end of the head; of the first request from the connection on, so
  // that the TLS handshake is within it.
  std::chrono::milliseconds header_timeout{10000};
  std::chrono::milliseconds body_timeout{15000};  // from the head to the last byte of the body
  // Bytes of a body in a second, on average and after body_grace; 0: any. A client that sends less
  // only holds a connection and memory.
  std::size_t body_rate_min = 1024;
  std::chrono::milliseconds body_grace{5000};
  std::chrono::milliseconds idle_timeout{75000};         // between two requests
  std::chrono::milliseconds refused_idle_timeout{5000};  // where none has been more than refused
  // From then on, less up to a fifth at random, the next answer is a connection's last: clients come
  // back through the load balancer, and a gateway that was restarted gets its share. 0: never.
  std::chrono::milliseconds connection_age{600000};
  std::chrono::milliseconds request_timeout{30000};  // from the head to the answer; then it is cut
  // How long to take bytes in that nobody wants, so that the client gets to read why.
  std::chrono::milliseconds linger_timeout{2000};
};

}  // namespace penstock::gateway
