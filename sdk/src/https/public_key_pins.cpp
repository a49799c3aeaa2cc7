#include "https/public_key_pins.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace penstock::https {
namespace {

constexpr std::string_view kPrefix = "sha256/";
constexpr std::size_t kBase64Bytes = 44;  // of 32 bytes, the last of them a '='

using Digest = std::array<unsigned char, 32>;

Status invalid(const std::string& what) {
  return {StatusCode::kInvalidOption,
          "pinned_public_keys " + what +
              "; a pin is \"sha256/\" and the base64 of the SHA-256 of a certificate's public key"};
}

std::string to_base64(const Digest& digest) {
  std::array<unsigned char, kBase64Bytes + 1> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return reinterpret_cast<const char*>(text.data());
}

std::optional<Digest> parse_pin(std::string_view pin) {
  if (!pin.starts_with(kPrefix) || pin.size() != kPrefix.size() + kBase64Bytes) return std::nullopt;
  const std::string base64(pin.substr(kPrefix.size()));
  std::array<unsigned char, 33> bytes{};  // decoded in threes: the '=' gives a byte too many
  const auto* text = reinterpret_cast<const unsigned char*>(base64.data());
  if (EVP_DecodeBlock(bytes.data(), text, kBase64Bytes) != 33) return std::nullopt;
  Digest digest;
  std::copy_n(bytes.begin(), digest.size(), digest.begin());
  // OpenSSL lets a '=' in other places pass, and blanks around.
  return to_base64(digest) == base64 ? std::optional(digest) : std::nullopt;
}

std::optional<Digest> digest_of_key(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return std::nullopt;
  Digest digest;
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  return digest;
}

}  // namespace

Result<PublicKeyPins> PublicKeyPins::parse(const std::vector<std::string>& pins) {
  PublicKeyPins parsed;
  for (const std::string& pin : pins) {
    const auto digest = parse_pin(pin);
    if (!digest) return invalid("holds a text that is not a pin");
    if (!parsed.match(*digest)) parsed.digests_.push_back(*digest);
  }
  if (parsed.digests_.size() == 1) {
    return invalid(
        "holds a single key: the day it has to be replaced, no program that is out there could "
        "send any more; add that of a second key, kept apart as a backup");
  }
  return parsed;
}

bool PublicKeyPins::match(const Digest& digest) const {
  return std::find(digests_.begin(), digests_.end(), digest) != digests_.end();
}

std::string PublicKeyPins::problem_with(SSL* tls) const {
  if (digests_.empty()) return {};
  const STACK_OF(X509)* chain = SSL_get0_verified_chain(tls);
  std::string seen;
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    const auto digest = digest_of_key(sk_X509_value(chain, i));
    if (digest && match(*digest)) return {};
    if (digest && seen.empty()) seen = to_base64(*digest);
  }
  return "its certificate is trusted, but none of its chain has one of pinned_public_keys (its own "
         "key is sha256/" +
         seen +
         "); either somebody is in between, or the gateway's key was replaced: then the pins have "
         "to be, too";
}

}  // namespace penstock::https
