// Three real gateways behind a real HAProxy, with the configuration that Penstock ships.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/child_process.hpp"
#include "support/gateway_process.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

// Whether HAProxy is on this machine (Debian: haproxy).
bool haproxy_is_here();

// One write key and one certificate for all. One thread at a time; the processes end with the thread
// that started them (child_process.hpp).
class Fleet {
 public:
  static constexpr std::size_t kGateways = 3;
  // haproxy.cfg, and the PROXY protocol; or haproxy-http.cfg, and X-Forwarded-For.
  enum class Tls : bool { kPassedThrough, kEndedByHaproxy };

  // `options`: of each gateway. Waits until HAProxy takes every gateway for ready. Throws
  // std::runtime_error with the logs.
  Fleet(const GatewayOptions& options, Tls tls);

  GatewayProcess& gateway(std::size_t i) { return *gateways_.at(i); }
  // Where clients send to, and whose signature they trust.
  std::string base_url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  const std::filesystem::path& ca_file() const { return gateways_[0]->ca_file(); }
  const std::string& write_key() const { return gateways_[0]->write_key(); }
  // What HAProxy says of gateway `i`: "UP", "DOWN", "UP 1/2", ... "" if it does not answer.
  std::string state_of(std::size_t i) const;
  // How many connections (where TLS is passed through) or requests gateway `i` has now.
  int sessions_of(std::size_t i) const;
  void wait_until_up(std::size_t i) const;
  std::string haproxy_log() const;

  pid_t haproxy_pid() const { return haproxy_->pid(); }
  void kill_haproxy() { haproxy_->kill(); }  // SIGKILL, and waits for the end
  void restart_haproxy();                    // on the same port; does not wait

 private:
  void configure_haproxy(Tls tls);
  // A column of HAProxy's statistics.
  std::string statistic(std::size_t i, std::size_t column) const;

  TempDirectory directory_;
  std::array<std::unique_ptr<GatewayProcess>, kGateways> gateways_;
  std::uint16_t port_, state_port_;
  Command command_;  // that starts HAProxy
  std::unique_ptr<ChildProcess> haproxy_;
};

}  // namespace penstock::test
