// What the public listener speaks: TLS 1.2 or 1.3, with our certificate.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace penstock::gateway {

struct TlsSettings {
  std::string certificate_file;  // PEM, leaf first, then intermediates
  std::string private_key_file;  // PEM, not encrypted
  bool tls13_only = false;
};

// TLS 1.3, or 1.2 with forward secrecy and authenticated encryption; ALPN http/1.1; sessions are
// resumed by tickets, whose keys live as long as this object. Immutable: any thread.
class TlsContext {
 public:
  // Reads both files. Throws std::runtime_error that names the file and the cure, if one cannot be
  // read, is no PEM, is encrypted, is not valid today, or if the two do not belong together.
  explicit TlsContext(const TlsSettings& settings);

  SSL_CTX* native() const noexcept { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  void restrict_protocol(bool tls13_only);
  void load_certificate(const std::string& file);
  void load_private_key(const TlsSettings& settings);

  std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace penstock::gateway
