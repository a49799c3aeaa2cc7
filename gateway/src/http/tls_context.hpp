// What the public listener speaks: TLS 1.2 or 1.3, with our certificate.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "replaceable.hpp"
#include "ticket_keys.hpp"
#include "tls_settings.hpp"

namespace penstock::gateway {

// What is wrong with the permissions of a private key's file, and what to do; empty if nothing is.
std::string private_key_warning(const std::string& file);

// TLS 1.3, or 1.2 with forward secrecy and authenticated encryption; ALPN http/1.1; sessions are
// resumed by tickets, whose keys change with time (TicketKeys). Any thread.
class TlsContext {
 public:
  // Reads both files. Throws std::runtime_error that names the file and the cure, if one cannot be
  // read, is not PEM, is encrypted, if a certificate is not valid today or did not sign the one
  // above it, or if the two files do not belong together.
  explicit TlsContext(const TlsSettings& settings);
  // In the place of `before`: opens its tickets, too, so that clients resume across a reload.
  TlsContext(const TlsSettings& settings, const TlsContext& before);

  SSL_CTX* native() const noexcept { return context_.get(); }
  // When the first of its certificates ends; Unix time.
  std::chrono::seconds valid_until() const;

  // Now and then, so that keys end also while nobody connects.
  void expire_ticket_keys(TicketKeys::Clock::time_point now) const { ticket_keys_->expire(now); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  TlsContext(const TlsSettings& settings, std::shared_ptr<TicketKeys> ticket_keys);
  void restrict_protocol(bool tls13_only);
  void load_certificate(const std::string& file);
  void load_private_key(const TlsSettings& settings);
  std::vector<const X509*> chain() const;  // the server's own first

  std::shared_ptr<TicketKeys> ticket_keys_;
  std::unique_ptr<SSL_CTX, Free> context_;
};

// What new connections speak.
using CurrentTls = Replaceable<const TlsContext>;

}  // namespace penstock::gateway
