// Health and metrics for operators, load balancers and Prometheus: plain HTTP on a port of its own,
// and on a thread of its own, so that it answers also when the gateway is busy.
//
//   /healthz   200 while the process lives
//   /readyz    200 if an event that comes now can be kept, else 503; the body says why
//   /metrics   Prometheus' text format
//   /version   JSON
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock::gateway {

struct AdminSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9464;         // 0: any free one
  std::size_t connections_max = 16;  // for one more, the oldest is ended
  std::size_t header_bytes = std::size_t{8} * 1024;
  std::chrono::milliseconds timeout{2000};  // to send a request, and to take its answer
  // Names that the Host of a request may have, beside localhost and every IP address. Others are refused: a web page can
  // let its own name point here (DNS rebinding), and its visitor's browser would ask for it.
  std::vector<std::string> hosts = {};
};

struct Readiness {
  bool ready = false;
  std::string reason;  // one line: "ready", or what is missing
};

// Where the answers come from. Called on the server's thread, one at a time; must neither wait nor
// throw.
struct AdminSources {
  std::function<Readiness()> readiness;
  std::function<std::string()> metrics;
  std::function<std::string()> version;  // a JSON object
};

class AdminServer {
 public:
  // Listens and serves from now on. Throws std::runtime_error, naming address and port, if it
  // cannot listen.
  AdminServer(const AdminSettings& settings, AdminSources sources);
  // Cuts its connections and ends the thread.
  ~AdminServer();

  std::uint16_t port() const noexcept;  // the one that it listens on

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace penstock::gateway
