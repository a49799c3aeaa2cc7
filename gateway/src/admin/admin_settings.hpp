// What the operator decides about the admin listener.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock::gateway {

struct AdminSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9464;         // 0: any free one
  bool allow_remote = false;         // an address beyond loopback
  std::size_t connections_max = 16;  // for one more, the oldest is ended
  std::size_t header_bytes = std::size_t{8} * 1024;
  std::chrono::milliseconds timeout{2000};  // to send a request, and to take its answer
  // Names that the Host of a request may have, beside localhost and every IP address. Others are
  // refused: a web page can let its own name point here (DNS rebinding), and its visitor's browser
  // would ask for it.
  std::vector<std::string> hosts = {};
};

}  // namespace penstock::gateway
