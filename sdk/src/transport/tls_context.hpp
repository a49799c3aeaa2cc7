// Whom we trust, who we are, and which TLS we speak.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "transport/pem.hpp"
#include "transport/public_key_pins.hpp"
#include "transport/system_roots.hpp"
#include "transport/tls_session.hpp"

namespace penstock::transport {

enum class TlsPeer { kGateway, kProxy };

// TLS 1.2 or newer; certificates are verified against ca_file and ca_pem, or else the system's
// authorities. One thread at a time.
class TlsContext {
 public:
  // Reads what the options name, and no more: the system's authorities wait for the first session.
  // Fails with kInvalidOption (ca_file, ca_pem, client_certificate_file, client_key_file,
  // pinned_public_keys) or kOutOfMemory.
  static Result<std::unique_ptr<TlsContext>> create(const Options& options);

  // A new session with `peer`; only the gateway gets to see the client's certificate. Loads the
  // system's authorities if they are not yet. Null, with a text in `error`, if there are none.
  SslHandle new_session(TlsPeer peer, std::string& error);

  // After the handshake with the gateway: why its public keys are not those pinned, or empty.
  std::string pin_problem(SSL* tls) const { return pins_.problem_with(tls); }

  // The system's authorities are read anew for the next session: they may have been renewed since.
  void forget_system_roots() noexcept;

 private:
  struct FreeSslCtx {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  explicit TlsContext(bool verify) : verify_(verify), roots_(SystemRoots::from_environment()) {}
  Status trust(const std::string& what, const Result<std::string>& pem);
  Status identify(const Options& options);
  std::string make_context();  // why it cannot
  bool show_certificate(SSL* tls) const;

  const bool verify_;
  const SystemRoots roots_;
  PublicKeyPins pins_;
  std::vector<Certificate> authorities_;  // empty: the system's
  std::vector<Certificate> chain_;        // the client's own first; empty: none
  PrivateKey key_;
  std::unique_ptr<SSL_CTX, FreeSslCtx> context_;  // made for the first session
};

}  // namespace penstock::transport
