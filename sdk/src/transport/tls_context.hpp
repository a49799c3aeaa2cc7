// Whom we trust, and which TLS we speak.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "penstock/options.hpp"
#include "penstock/status.hpp"

namespace penstock::transport {

struct FreeSslCtx {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeSslCtx>;

// TLS 1.2 or newer; the server's certificate is verified against options.ca_file, or else the
// system's authorities (OpenSSL's own paths and SSL_CERT_FILE, SSL_CERT_DIR first, then those of
// common distributions). Fails with kInvalidOption if ca_file cannot be used, and says why;
// kOutOfMemory.
Result<TlsContext> make_tls_context(const Options& options);

// OpenSSL's oldest error of this thread as text, or `otherwise`; empties the thread's queue.
std::string take_openssl_error(const char* otherwise);

}  // namespace penstock::transport
