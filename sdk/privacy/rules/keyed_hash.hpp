// Digests of values that are pseudonymised. Any thread, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::privacy {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 of `salt` and `value`, one behind the other.
Digest salted_sha256(std::string_view salt, std::string_view value) noexcept;

// RFC 2104 with SHA-256.
Digest hmac_sha256(std::string_view key, std::string_view value) noexcept;

inline constexpr std::size_t kKeyIdBytesMax = 32;

// True for 1 to kKeyIdBytesMax letters, digits, '-' and '_' of ASCII.
bool is_key_id(std::string_view text) noexcept;

}  // namespace penstock::privacy
