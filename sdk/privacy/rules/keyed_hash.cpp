// SHA256_Init and HMAC's inner steps rather than EVP, which allocates in each call (see uuid.cpp).
#define OPENSSL_API_COMPAT 0x10101000L

#include "privacy/rules/keyed_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;

std::string_view view_of(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

using Block = std::array<char, kBlockBytes>;

Digest sha256_of_padded(const Block& key, char pad, std::string_view value) noexcept {
  Block padded;
  std::transform(key.begin(), key.end(), padded.begin(),
                 [pad](char c) { return static_cast<char>(c ^ pad); });
  const Digest digest = salted_sha256({padded.data(), padded.size()}, value);
  OPENSSL_cleanse(padded.data(), padded.size());
  return digest;
}

}  // namespace

Digest salted_sha256(std::string_view salt, std::string_view value) noexcept {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, salt.data(), salt.size());
  SHA256_Update(&context, value.data(), value.size());
  Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view value) noexcept {
  Digest short_key;
  if (key.size() > kBlockBytes) {
    short_key = salted_sha256(key, {});
    key = view_of(short_key);
  }
  Block block{};
  std::copy(key.begin(), key.end(), block.begin());
  const Digest inner = sha256_of_padded(block, 0x36, value);
  const Digest digest = sha256_of_padded(block, 0x5C, view_of(inner));
  OPENSSL_cleanse(block.data(), block.size());
  return digest;
}

bool is_key_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kKeyIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '-'; });
}

}  // namespace penstock::privacy
