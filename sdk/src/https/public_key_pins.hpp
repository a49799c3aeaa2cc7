// Which public keys a gateway's certificate chain may have, beyond being trusted.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <string>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::https {

// Immutable.
class PublicKeyPins {
 public:
  // Each pin "sha256/" and the base64 of the SHA-256 of a SubjectPublicKeyInfo; none: everything
  // passes. Fails with kInvalidOption if one is no pin, or if there are not two different ones.
  static Result<PublicKeyPins> parse(const std::vector<std::string>& pins);

  // After a handshake that verified. Why no certificate of the chain matches; empty if one does.
  std::string problem_with(SSL* tls) const;

  bool operator==(const PublicKeyPins&) const = default;

 private:
  using Digest = std::array<unsigned char, 32>;
  bool match(const Digest& digest) const;
  std::vector<Digest> digests_;
};

}  // namespace penstock::https
