// A real Apache Kafka: one node in KRaft mode, or several, on free ports, the files in temporary
// folders.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "support/child_process.hpp"
#include "support/temp_directory.hpp"
#include "support/test_certificate.hpp"

namespace penstock::test {

// Topics that nobody created come into being, with four partitions, when they are first written to.
// Costs about 5 s of CPU to start and 400 MB of memory, so share it where a case does not kill it.
// Every function that starts or waits throws std::runtime_error with the end of Kafka's log.
// One thread at a time; the process ends with the thread that started it (child_process.hpp).
class KafkaBroker {
 public:
  // Whether what clients may do depends on who they are. Then bootstrap() is for the administrator,
  // and secured() for the user kUser with kPassword (SASL_PLAINTEXT, PLAIN), who may do nothing at
  // first: KafkaAdmin::allow(). encrypted() speaks TLS, with a certificate of ca_file() for
  // 127.0.0.1 and localhost.
  enum class Access : bool { kAnybody, kByAcl };
  static constexpr const char* kUser = "gateway";
  static constexpr const char* kPassword = "gateway-secret";

  // Starts it and waits until it serves. `advertised`: the port of 127.0.0.1 by which clients are
  // told to come, if not its own.
  explicit KafkaBroker(Access access = Access::kAnybody, std::uint16_t advertised = 0);

  // One more broker of the cluster of `first`, for anybody. `first` alone is the controller, so it
  // must outlive this one, and must serve for this one to start. `node`: its number in the cluster,
  // where `first` is 1.
  static std::unique_ptr<KafkaBroker> join(const KafkaBroker& first, std::uint16_t advertised = 0,
                                           int node = 2);

  // The one of this test process, started by the first call, stopped at the end. For cases that
  // neither stop nor kill it, and that name their topics after themselves. At the end of the
  // program all topics are searched for leaks (leaks/leak_search.hpp).
  static KafkaBroker& shared();

  // Again on the same ports and files; waits until it serves. Not while it runs.
  void start();
  void stop();  // SIGTERM, and waits for the end
  void kill();  // SIGKILL, and waits for the end
  void restart() { start(); }

  // Kafka's own kafka-topics.sh and kafka-acls.sh, written into `folder`.
  static void write_tools(const std::filesystem::path& folder);

  void create_topic(const std::string& name, int partitions);

  const std::string& bootstrap() const { return bootstrap_; }  // "127.0.0.1:port"
  std::uint16_t port() const { return port_; }
  const std::string& secured() const { return secured_; }
  std::string encrypted() const { return "127.0.0.1:" + std::to_string(encrypted_port_); }
  // Also under 127.0.0.2, for which the certificate is not.
  std::uint16_t encrypted_port() const { return encrypted_port_; }
  const std::filesystem::path& ca_file() const { return certificate_->ca_file(); }
  pid_t pid() const { return process_->pid(); }

 private:
  KafkaBroker(Access access, std::uint16_t advertised, int node, std::uint16_t controller_port);

  bool is_controller() const { return node_ == 1; }
  void write_properties() const;
  void write_secured_properties(std::ostream& properties) const;
  void format_storage() const;
  void wait_until_serving();
  std::string log_end() const;

  const Access access_;
  const int node_;  // its number in the cluster; 1 is the controller
  TempDirectory directory_{TempDirectory::LeakSearch::kNo};  // topics are read instead
  std::uint16_t port_;
  std::uint16_t controller_port_;
  std::uint16_t advertised_;
  std::string bootstrap_;
  std::string secured_;  // "" without access control
  std::uint16_t encrypted_port_ = 0;
  std::optional<TestCertificate> certificate_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace penstock::test
