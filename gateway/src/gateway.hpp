// Builds every part, in the order in which an event meets them, runs them, and takes them down
// again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config_loader.hpp"

namespace penstock::gateway {

class Gateway {
 public:
  // Every reason why a gateway cannot start with this configuration: those of check_config(), of
  // the schemas, and whether OpenSSL and librdkafka take the certificate and kafka.properties.
  // Empty if there is none. Each begins with a setting. Connects to nothing.
  static std::vector<std::string> check(const Config& config);

  // What is dangerous about a configuration that would run. The gateway logs it when it starts.
  static std::vector<std::string> warnings(const Config& config);

  // Begins to connect to Kafka, or starts the embedded one; listens, and says on standard error
  // what runs where. Kafka that is away is not an error: the gateway is not ready then. `config`
  // has passed check(); the process ignores SIGPIPE. Throws std::exception that names what cannot
  // start. `notes`: what reading the configuration has passed over, for the log. `read_again`:
  // reads it where it was read from, for a reload.
  Gateway(const Config& config, const std::vector<std::string>& notes,
          std::function<LoadedConfig()> read_again);
  ~Gateway();

  // Serves until SIGTERM or SIGINT, then drains: not ready at once, and each answer ends its
  // connection; after drain.delay no new connections; back when every request is answered, after
  // drain.timeout at the latest. A second signal ends the process at once, with 1. Call it once, on
  // the main thread.
  //
  // SIGHUP has the configuration read again: keys, certificate and log level are taken over, all of
  // them or, if anything in the configuration is wrong, nothing (config_changes.hpp says what needs
  // a restart).
  void run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::function<LoadedConfig()> read_again_;
};

}  // namespace penstock::gateway
