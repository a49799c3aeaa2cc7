// Secrets that a name or an address gives away.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// Of the '=' at `at`: the name before it, of letters, digits, '_', '-' and '.'; empty if there is
// none, or one of more than 64 bytes. As in query strings, connection strings and logs.
std::string_view name_before(const TextView& text, std::size_t at) noexcept;

// Of the same: the value behind it, which ends with a space, a quote, ';', or with '&' or ',' before
// another name. In quotes, a value may hold all of these, and spaces may stand around the '='.
// Nothing for an empty one and for one that is masked already.
std::optional<Extent> value_behind(const TextView& text, std::size_t at) noexcept;

// Of the ':' at `at`, behind the name of a header (RFC 9110, 5) that carries a secret.
std::optional<Extent> header_secret_around(const TextView& text, std::size_t at) noexcept;

// True if a value of this name opens doors: the name, or its last part, is password, token, apiKey
// and the like. Without case, '_', '-' and '.'.
bool names_secret(std::string_view name) noexcept;

// User and password of the address (RFC 3986, 3.2.1) whose "://" stands at `at`:
// "scheme://user:password@host". Up to 255 bytes. Not a user alone.
std::optional<Extent> url_user_around(const TextView& text, std::size_t at) noexcept;

// Where a value ends that goes on at `from`.
std::size_t value_goes_on(const TextView& text, std::size_t from) noexcept;

// The cheap looks before these.
inline bool url_user_may_follow(const TextView& text, std::size_t at) noexcept {
  return text.at(at + 1) == '/' && text.at(at + 2) == '/';
}
inline bool header_may_end(const TextView& text, std::size_t at) noexcept {
  return is_letter(text.before(at)) && text.at(at + 1) != '/';
}

}  // namespace penstock::privacy
