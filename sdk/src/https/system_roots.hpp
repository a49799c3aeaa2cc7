// The certificate authorities that this machine trusts, wherever its distribution keeps them.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace penstock::https {

// Immutable once made.
class SystemRoots {
 public:
  // Reads SSL_CERT_FILE and SSL_CERT_DIR, which replace OpenSSL's default file and folder, unless
  // the program runs with the rights of another user (setuid).
  static SystemRoots from_environment();

  SystemRoots(std::string file, std::string directories, bool chosen);

  // Trusts what it finds: the file and the folders, or else the first bundle among those of common
  // distributions. May take tens of milliseconds. Returns why there is none, with what was tried;
  // empty: there are some.
  std::string load_into(SSL_CTX* context) const;

  bool operator==(const SystemRoots&) const = default;

 private:
  std::string file_;
  std::string directories_;  // separated by ':'
  bool chosen_;              // by the environment: then nothing else is trusted in their place
};

}  // namespace penstock::https
