// One TLS connection: over a socket, or over another TLS connection (through an HTTPS proxy).
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>

#include "https/socket_bio.hpp"

namespace penstock::https {

struct FreeSsl {
  void operator()(SSL* tls) const noexcept { SSL_free(tls); }
};
using SslHandle = std::unique_ptr<SSL, FreeSsl>;

// One thread at a time. Never waits: what could not be done for now sets `wanted` to what it waits
// for (POLLIN, POLLOUT), and what failed sets it to 0.
class TlsSession {
 public:
  // `tls` is new, and knows whom to trust (client_tls). The other side must prove to be `host`.
  TlsSession(SslHandle tls, std::string host);

  // Once, before all else; false without memory. The socket, or the session, outlives this one.
  bool over(int socket);
  bool over(TlsSession& below);

  bool shake_hands(short& wanted);
  // Some bytes; 0 at the end that the other side announced; else -1.
  std::ptrdiff_t read(char* out, std::size_t bytes_max, short& wanted);
  std::ptrdiff_t write(const char* data, std::size_t bytes, short& wanted);
  // Nothing has come that was not asked for, and the other side has not closed.
  bool quiet();
  // Tells the other side that this is the end, if the socket takes it now.
  void say_farewell() noexcept;

  SSL* handle() const noexcept { return tls_.get(); }
  // Why the last call failed, from its errno and OpenSSL's queue, which it empties. Empty if the
  // connection just ended.
  std::string take_failure(int system_error) const;
  // Why the certificate did not pass, with what to do about it; empty if it did.
  std::string certificate_problem() const;

 private:
  bool begin(BIO* bio);
  short wanted_after(int result) const;

  const BioMethod method_;  // outlives tls_
  SslHandle tls_;
  const std::string host_;
};

}  // namespace penstock::https
