// Health and metrics for operators, load balancers and Prometheus: plain HTTP on a port of its own,
// and on a thread of its own, so that it answers also when the gateway is busy.
//
//   /healthz   200 while the process does its work, whatever Kafka does; else 503
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

#include "admin_settings.hpp"

namespace penstock::gateway {

struct Readiness {
  bool ready = false;
  std::string reason;  // one line: "ready", or what is missing
};

// Where the answers come from. Called on the server's thread, one at a time; must neither wait nor
// throw.
struct AdminSources {
  std::function<Readiness()> liveness;
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
