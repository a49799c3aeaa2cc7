// SHA1_Init and its kin are marked deprecated in favour of EVP, which looks the algorithm up and
// allocates in each call: 4 times the cost of the digest itself. This is the documented way to keep
// using them.
#define OPENSSL_API_COMPAT 0x10101000L

#include "wire/uuid.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "wire/hex.hpp"
#include "wire/random.hpp"

namespace penstock::wire {
namespace {

void set_version(Uuid& uuid, unsigned version) noexcept {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | version << 4);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
}

constexpr bool hyphen_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

void Uuid::format(char* out) const noexcept {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphen_before(i)) *out++ = '-';
    *out++ = kHexDigits[bytes[i] >> 4];
    *out++ = kHexDigits[bytes[i] & 0xF];
  }
}

std::string Uuid::text() const {
  std::string text(kUuidTextBytes, '\0');
  format(text.data());
  return text;
}

Uuid random_uuid() noexcept {
  Uuid uuid;
  fill_random(uuid.bytes.data(), uuid.bytes.size());
  set_version(uuid, 4);
  return uuid;
}

Uuid name_uuid(const Uuid& name_space, std::string_view name) noexcept {
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, name_space.bytes.data(), name_space.bytes.size());
  SHA1_Update(&context, name.data(), name.size());
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1_Final(digest.data(), &context);

  Uuid uuid;
  std::copy_n(digest.begin(), uuid.bytes.size(), uuid.bytes.begin());
  set_version(uuid, 5);
  return uuid;
}

Uuid time_uuid(std::int64_t unix_milliseconds) noexcept {
  Uuid uuid;
  for (std::size_t i = 0; i < 6; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(unix_milliseconds >> (40 - 8 * i));
  }
  fill_random(uuid.bytes.data() + 6, uuid.bytes.size() - 6);
  set_version(uuid, 7);
  return uuid;
}

std::optional<Uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != kUuidTextBytes) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (hyphen_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return uuid;
}

}  // namespace penstock::wire
