// A real proxy of the test's own: CONNECT, absolute-form requests, and SOCKS5 (told apart by the
// first byte). It remembers what it was asked.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/server_stream.hpp"

namespace penstock::test {

class TestProxy {
 public:
  // Listens on a free port of 127.0.0.1; an HTTPS proxy if there is a certificate.
  explicit TestProxy(const TestCertificate* certificate = nullptr);
  ~TestProxy();

  // From now on only with these, by Basic (or RFC 1929); else 407.
  void require(const std::string& user, const std::string& password);
  // Answers each CONNECT with this, and closes. Empty: as a proxy does.
  void answer_connect_with(const std::string& bytes);
  // Takes what comes, and never answers.
  void stay_silent() { silent_ = true; }
  // Whatever name is asked for, it connects to this port of 127.0.0.1.
  void lead_everything_to(int port) { port_for_all_ = port; }
  // Ends all connections that there are now.
  void cut_connections();

  // "localhost:port", with "user:password@" in front if that is given.
  std::string address(const std::string& credentials = {}) const;
  int connections() const { return connections_; }
  // The heads of HTTP requests; for SOCKS5 "SOCKS5 host:port".
  std::vector<std::string> heads() const;

 private:
  void accept_connections();
  void serve(int socket);
  void serve_http(ServerStream& client, int socket, std::string bytes);
  void serve_socks(ServerStream& client, int socket, std::string bytes);
  void forward(ServerStream& client, int socket, const std::string& host, int port,
               const std::string& answer, const std::string& request);
  void remember(const std::string& head);

  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> silent_{false};
  std::atomic<int> port_for_all_{0};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::string user_, password_, connect_answer_;  // guarded by mutex_, as all below
  std::vector<std::string> heads_;
  std::vector<int> sockets_;  // closed at the end
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace penstock::test
