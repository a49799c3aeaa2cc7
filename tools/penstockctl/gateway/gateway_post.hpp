// Sends batches of events to a gateway, until each is acknowledged.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "gateway_answer.hpp"

namespace penstock::ctl {

struct GatewayAccess {
  std::string url;       // https://host:port
  std::string key_file;  // holds the write key
  std::string ca_file;   // "": the system's authorities
};

// One thread at a time.
class GatewayPost {
 public:
  // Reads the files. Throws std::runtime_error, which never holds the key.
  explicit GatewayPost(const GatewayAccess& access);
  ~GatewayPost();

  // Waits as the gateway asks for (Retry-After), and for one that is away up to two minutes. Throws
  // std::runtime_error if the gateway refuses the batch, or is away for longer; Interrupted on
  // Ctrl-C.
  GatewayVerdicts send(const std::string& lines, std::size_t events, const std::string& key);

 private:
  struct Connection;
  const std::string url_;
  const std::unique_ptr<Connection> connection_;
};

}  // namespace penstock::ctl
