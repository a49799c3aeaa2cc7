// A client that sends any bytes, with TLS or without, and reads what comes back.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "support/test_certificate.hpp"

namespace penstock::test {

struct Response {
  int status = 0;  // 0: the connection ended before an answer was complete
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string header(const std::string& name) const;
};

// Blocking; gives up after ten seconds of silence, so that a broken server fails a test instead of
// stopping it.
class Client {
 public:
  // From `address`, one of 127.0.0.0/8: the gateway takes each for another client. `before_tls` is
  // sent before all else.
  explicit Client(std::uint16_t port, SSL_CTX* tls = nullptr, SSL_SESSION* resumed = nullptr,
                  const char* address = "127.0.0.1", std::string_view before_tls = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }  // with TLS: and the handshake done
  SSL* ssl() { return ssl_.get(); }

  bool send(std::string_view bytes);
  Response receive_head();
  Response receive();
  Response ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  bool closed();         // waits for the end, whatever comes before it
  bool readable_soon();  // has anything come, the end included? Waits a few milliseconds.
  void end_sending();
  void reset();  // without a farewell

 private:
  std::size_t read_some(char* to, std::size_t bytes);
  bool read_more();

  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  int socket_ = -1;
  std::unique_ptr<SSL, Free> ssl_;
  bool connected_ = false;
  std::string received_;
};

// POST /v1/events with this body.
std::string post(std::string_view body, std::string_view more_headers = {});
// The same without its body, which is announced to be so long.
std::string post_head(std::size_t body_bytes, std::string_view more_headers = {});
std::string post_chunked(std::string_view chunks, std::string_view more_headers = {});

// A client's side of TLS that trusts `certificate` alone.
struct TlsClientContext {
  explicit TlsClientContext(const TestCertificate& certificate);
  ~TlsClientContext() { SSL_CTX_free(context); }
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;
  SSL_CTX* context;
};

}  // namespace penstock::test
