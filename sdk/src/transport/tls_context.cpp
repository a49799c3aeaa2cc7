#include "transport/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace penstock::transport {
namespace {

// Bundles of Debian and Alpine, Fedora, SUSE, old Red Hat, and the BSDs: for an OpenSSL that was
// built with a prefix of its own, whose default paths are empty.
constexpr std::array kSystemBundles = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/cert.pem",
};

bool readable(const char* path) { return path != nullptr && access(path, R_OK) == 0; }

void trust_system(SSL_CTX* context) {
  SSL_CTX_set_default_verify_paths(context);
  const bool chosen = std::getenv(X509_get_default_cert_file_env()) != nullptr ||
                      std::getenv(X509_get_default_cert_dir_env()) != nullptr;
  if (chosen || readable(X509_get_default_cert_file()) || readable(X509_get_default_cert_dir()))
    return;
  for (const char* bundle : kSystemBundles) {
    if (readable(bundle) && SSL_CTX_load_verify_file(context, bundle) == 1) return;
  }
}

Status trust_file(SSL_CTX* context, const std::string& path) {
  std::string why;
  if (path.find('\0') != std::string::npos) {
    why = "its name holds a NUL byte";
  } else if (access(path.c_str(), R_OK) != 0) {
    why = std::generic_category().message(errno);
  } else if (SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
    why = take_openssl_error("no certificate in it") + "; it takes certificates in PEM form";
  } else {
    return {};
  }
  return {StatusCode::kInvalidOption, "ca_file \"" + path + "\" cannot be used: " + why};
}

}  // namespace

std::string take_openssl_error(const char* otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? otherwise : reason;
}

Result<TlsContext> make_tls_context(const Options& options) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Status(StatusCode::kOutOfMemory, take_openssl_error("no TLS context"));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // RELEASE_BUFFERS: an idle connection gives its 34 KiB back. The others: a write may be cut
  // short, and be repeated from another address, as with a plain socket.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);

  if (options.dangerously_disable_tls_verification) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  } else {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  // Also without verification: a wrong file is a mistake that had better show.
  if (!options.ca_file.empty()) {
    if (Status status = trust_file(context.get(), options.ca_file); !status) return status;
  } else if (!options.dangerously_disable_tls_verification) {
    trust_system(context.get());
  }
  ERR_clear_error();
  return context;
}

}  // namespace penstock::transport
