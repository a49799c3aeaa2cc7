// Certificates and keys in PEM form, as files or in memory.
#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::https {

struct FreeX509 {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// Several times the largest bundles of distributions (0.5 MiB).
inline constexpr std::size_t kPemBytesMax = 4 * 1024 * 1024;

enum class Secrecy {
  kPublic,
  kPrivate,  // refused if other users can read the file, or group and others can write it
};

// A regular file of at most kPemBytesMax. Fails with kInvalidOption and a text that says why,
// without the path.
Result<std::string> read_pem_file(const std::string& path, Secrecy secrecy);

// At least one certificate, in the order of the text; what is between them is skipped. Fails as
// above.
Result<std::vector<Certificate>> parse_certificates(std::string_view pem);

// The first private key, which must not be encrypted: nobody is asked for a passphrase. Fails as
// above; no byte of the key is in the text.
Result<PrivateKey> parse_private_key(std::string_view pem);

// OpenSSL's oldest error of this thread as text, or `otherwise`; empties the thread's queue.
std::string take_openssl_error(const char* otherwise);

}  // namespace penstock::https
