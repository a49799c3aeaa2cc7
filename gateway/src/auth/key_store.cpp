#include "key_store.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <stdexcept>

#include "wire/hex.hpp"

namespace penstock::gateway {
namespace {

// Looked up once: EVP_sha256() would search OpenSSL's providers at each request.
const EVP_MD* sha256() {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  return algorithm.get();
}

}  // namespace

KeyDigest digest_of(std::string_view key) {
  KeyDigest digest;
  if (EVP_Digest(key.data(), key.size(), digest.data(), nullptr, sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  return digest;
}

std::optional<KeyDigest> parse_digest(std::string_view text) noexcept {
  constexpr std::string_view kPrefix = "sha256:";
  KeyDigest digest;
  if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 2 * digest.size())
    return std::nullopt;
  text.remove_prefix(kPrefix.size());
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = wire::hex_value(text[2 * i]);
    const int low = wire::hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

KeyStore::KeyStore(const std::vector<Entry>& entries)
    : clients_(std::make_shared<const Clients>(entries.begin(), entries.end())) {}

std::shared_ptr<const ClientKey> KeyStore::find(std::string_view presented_key) const {
  const auto digest = digest_of(presented_key);
  const auto clients = clients_.get();
  const auto found = clients->find(digest);
  return found == clients->end() ? nullptr : found->second;
}

void KeyStore::replace(const std::vector<Entry>& entries) {
  clients_.replace(std::make_shared<const Clients>(entries.begin(), entries.end()));
}

std::size_t KeyStore::DigestHash::operator()(const KeyDigest& digest) const noexcept {
  std::size_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);  // a digest is as good as random already
  return hash;
}

}  // namespace penstock::gateway
