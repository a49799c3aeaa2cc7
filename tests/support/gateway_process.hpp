// The real penstock-gateway, with TLS, on free ports, its settings in a temporary folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/temp_directory.hpp"
#include "support/test_certificate.hpp"

namespace penstock::test {

struct GatewayOptions {
  std::string brokers;  // empty: the gateway's embedded Kafka
  std::string kafka;  // YAML: the whole section, in the place of one with `brokers` and new topics
  CertificateKind certificate = CertificateKind::kValid;
  double requests_per_second = 0;  // of the write key; 0: unlimited
  double events_per_second = 0;
  std::string more_keys;        // YAML: elements of `keys` besides that of the write key
  unsigned open_files_max = 0;  // soft and hard; 0: as the test's own
  // Any other setting as the gateway reads it, for example {"PENSTOCK_LIMITS_BODY_BYTES", "1KiB"}.
  std::map<std::string, std::string> environment;
};

// Before it ends, its admin pages are searched for leaks (leaks/leak_search.hpp); its log is too,
// with the folder. One thread at a time; the process ends with the thread that started it
// (child_process.hpp).
class GatewayProcess {
 public:
  // Starts it and waits until it is ready. Throws std::runtime_error with what it logged.
  explicit GatewayProcess(const GatewayOptions& options);
  ~GatewayProcess();

  // Again with the same ports, key and certificate, after it has ended. Waits until it listens,
  // not until it is ready: the broker may be away. Throws as the constructor does.
  void restart();
  void wait_until_ready();

  void kill();       // SIGKILL, and waits for the end
  void terminate();  // SIGTERM alone
  void hang_up();    // SIGHUP: it reads settings_file() again
  // The exit status as ChildProcess::wait() tells it.
  std::optional<int> wait(std::chrono::milliseconds timeout) { return process_->wait(timeout); }

  std::string base_url() const;   // https://127.0.0.1:port
  std::string admin_url() const;  // http://127.0.0.1:port
  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  std::filesystem::path settings_file() const { return directory_ / "gateway.yaml"; }
  const TestCertificate& certificate() const { return certificate_; }
  const std::filesystem::path& ca_file() const { return certificate_.ca_file(); }
  const std::string& write_key() const { return write_key_; }
  pid_t pid() const { return process_->pid(); }
  std::string log() const;  // all that it has written, over its restarts

 private:
  void write_settings(const GatewayOptions& options) const;
  void start();
  void wait_for_ok(const std::string& path);
  void look_for_leaks_in_pages() const;

  TempDirectory directory_;
  TestCertificate certificate_;
  std::uint16_t port_;
  std::uint16_t admin_port_;
  std::string write_key_;
  std::map<std::string, std::string> environment_;
  unsigned open_files_max_;
  std::unique_ptr<ChildProcess> process_;
};

// What the configuration knows of a write key.
std::string digest_of(const std::string& write_key);

// A gateway that is expected to end by itself, for example because of its settings.
struct GatewayRun {
  std::optional<int> exit_code;  // none: it did not end, and was killed
  std::string output;            // both streams
};
GatewayRun run_gateway(const std::vector<std::string>& flags,
                       const std::map<std::string, std::string>& environment = {});

}  // namespace penstock::test
