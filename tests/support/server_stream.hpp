// What the tests' own servers (test_gateway, test_proxy) are made of.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "support/test_certificate.hpp"

namespace penstock::test {

// One connection's bytes, blocking; ends when the socket is shut down. Plain if there is no
// context.
class ServerStream {
 public:
  ServerStream(SSL_CTX* context, int socket);
  ~ServerStream();
  ServerStream(const ServerStream&) = delete;
  ServerStream& operator=(const ServerStream&) = delete;

  bool handshake();
  bool write(const std::string& bytes);
  // Appends some bytes; false at the end.
  bool read(std::string& out);
  // read() has bytes without asking the socket.
  bool has_pending() const { return tls_ != nullptr && SSL_pending(tls_) > 0; }
  SSL* tls() const { return tls_; }

 private:
  int socket_;
  SSL* tls_;
};

// Throw std::runtime_error.
SSL_CTX* server_context(const TestCertificate& certificate);
int listen_locally(int& port);  // on a free port of 127.0.0.1

}  // namespace penstock::test
