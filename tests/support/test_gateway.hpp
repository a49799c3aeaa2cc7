// A server of the test's own, good or bad: it does what the test says with each request, and
// remembers all of them. Each is searched for leaks (leaks/leak_search.hpp).
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/server_stream.hpp"
#include "support/test_certificate.hpp"

namespace penstock::test {

struct ReceivedRequest {
  int connection = 0;  // counted from 1
  std::string start_line;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // as it came

  std::string inflated() const;   // the body
  nlohmann::json batch() const;   // the body, inflated and parsed
  nlohmann::json events() const;  // of the batch
};

// What the server sends back, byte by byte, and what it does then.
struct Reply {
  std::string bytes;
  enum class Then { kKeepOpen, kClose, kSayNothingMore } then = Then::kKeepOpen;
};

Reply reply(int status, const std::string& body = {}, const std::string& more_headers = {});
Reply accept_all(const ReceivedRequest& request);
Reply close_at_once();
Reply never_answer();

class TestGateway {
 public:
  using Handler = std::function<Reply(const ReceivedRequest&)>;

  // Listens on a free port of 127.0.0.1, with TLS if there is a certificate. Accepts all until told
  // otherwise.
  explicit TestGateway(const TestCertificate* certificate);
  ~TestGateway();

  void answer_with(Handler handler);
  // The first requests get these, one each; later ones are accepted.
  void answer_in_turn(std::vector<Reply> replies);
  // Connections are accepted, and then nothing: not even a TLS handshake.
  void stay_silent() { silent_ = true; }
  void speak_again() { silent_ = false; }
  // Ends all connections that there are now.
  void cut_connections();
  // Answers with `beginning`, and then with one more letter each `interval` for ever.
  void drip(std::string beginning, std::chrono::milliseconds interval);
  // Reads the head of a request, and closes the connection while the body is under way.
  void close_after_head() { answer_after_head({}); }
  // The same, and answers before it closes.
  void answer_after_head(const std::string& bytes);
  // In TLS, only to those who have a certificate that this authority signed.
  void require_client_certificate(const std::string& ca_file);
  // As in SSL_CTX_set_max_proto_version.
  void speak_at_most(int tls_version);

  std::string endpoint(const std::string& host = "localhost") const;
  int connections() const { return connections_; }
  std::vector<ReceivedRequest> requests() const;
  std::size_t request_count() const { return requests().size(); }
  // The number of each event of each request so far, in the order of arrival.
  std::vector<std::uint64_t> received_seqs() const;
  // Bytes that came out of the decrypted stream.
  std::uint64_t plain_bytes() const { return plain_bytes_; }

 private:
  void accept_connections();
  void serve(int socket, int connection);
  bool read_request(ServerStream& stream, ReceivedRequest& request);

  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> silent_{false};
  std::atomic<int> drip_ms_{0};  // between two letters; 0: no dripping
  std::atomic<int> connections_{0};
  std::atomic<std::uint64_t> plain_bytes_{0};
  mutable std::mutex mutex_;
  Handler handler_;                        // guarded by mutex_
  std::optional<std::string> after_head_;  // guarded by mutex_
  std::vector<ReceivedRequest> requests_;  // guarded by mutex_
  std::vector<int> sockets_;               // guarded by mutex_; closed at the end
  std::vector<std::thread> threads_;       // guarded by mutex_
  std::thread acceptor_;
};

}  // namespace penstock::test
