// Tokens and keys that open doors.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// What begins or goes on at `at`, where a word does:
//
// a JSON Web Token (RFC 7519), two to five parts in base64url of which the first begins with
// '{"'; what stands behind "Bearer " (RFC 6750) or "Basic " (RFC 7617) and is no plain word; and a
// key by the prefix and the length that its maker publishes: token.cpp has the list.
//
// A token may be of any length: where it reaches the end of the text, token_goes_on tells of what
// follows.
std::optional<Extent> token_at(const TextView& text, std::size_t at) noexcept;

// Where a token ends that goes on at `from`.
std::size_t token_goes_on(const TextView& text, std::size_t from) noexcept;

// The private key in the text form of RFC 7468, of RFC 1421 or of OpenPGP whose first line begins at
// `at`: up to the end of its last line; if there is none, up to the first character that cannot be
// one of a key.
std::optional<Extent> private_key_at(const TextView& text, std::size_t at) noexcept;

std::size_t private_key_goes_on(const TextView& text, std::size_t from) noexcept;

// The cheap looks before these: what follows a quote, as most words in JSON do, follows no scheme.
bool is_key_prefix(char first, char second) noexcept;
inline bool token_may_begin(const WordBegin& word) noexcept {
  const char before = word.before();
  return (before != '"' && before != '\0' && before != '_') ||
         is_key_prefix(word.first(), word.second());
}
inline bool private_key_may_begin(const WordBegin& word) noexcept {
  return word.are_hyphens(WordBegin::places(0, 1));
}

}  // namespace penstock::privacy
