// Whom we trust, who we are, and which TLS we speak.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "https/pem.hpp"
#include "https/public_key_pins.hpp"
#include "https/settings.hpp"
#include "https/system_roots.hpp"
#include "https/tls_session.hpp"
#include "penstock/status.hpp"

namespace penstock::https {

enum class TlsPeer { kServer, kProxy };

// TLS 1.2 or newer; certificates are verified against ca_file and ca_pem, or else the system's
// authorities. One thread at a time.
class ClientTls {
 public:
  // Reads what the settings name, and no more: the system's authorities wait for the first session.
  // Fails with kInvalidOption (ca_file, ca_pem, client_certificate_file, client_key_file,
  // pinned_public_keys) or kOutOfMemory.
  static Result<std::shared_ptr<ClientTls>> create(const Settings& settings);

  // Trusts and is the same, so that one can do for both.
  bool same_as(const ClientTls& other) const;

  // A new session with `peer`; only the server gets to see the client's certificate. Loads the
  // system's authorities if they are not yet. Null, with a text in `error`, if there are none.
  SslHandle new_session(TlsPeer peer, std::string& error);

  // After the handshake with the server: why its public keys are not those pinned, or empty.
  std::string pin_problem(SSL* tls) const { return pins_.problem_with(tls); }

  // The system's authorities are read anew for the next session: they may have been renewed since.
  void forget_system_roots() noexcept;

 private:
  struct FreeSslCtx {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  explicit ClientTls(bool verify) : verify_(verify), roots_(SystemRoots::from_environment()) {}
  Status trust(const std::string& what, const Result<std::string>& pem);
  Status identify(const Settings& settings);
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

}  // namespace penstock::https
