// E-mail addresses.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/detector.hpp"
#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

// The address whose '@' is at `at`, if it is one's.
//
// Local part: at most 64 bytes of letters, digits, UTF-8 letters and . _ - + ' % ~ ! $ * ^ (RFC
// 5321's dot-atom less what parts a URL or a query: "?to=bob@example.com" holds bob's address, not
// "?to=bob"'s; of a longer one the last 64 bytes). Domain: at most 255 bytes, labels and dots,
// where the last label begins with a letter, has 2 characters or more and is no file's extension
// ("icon@2x.png").
std::optional<Extent> email_around(const TextView& text, std::size_t at) noexcept;

// The address that holds position `inside`, left of its '@', if one does.
std::optional<Extent> email_holding(const TextView& text, std::size_t inside) noexcept;

inline bool email_may_hold(const TextView& text, std::size_t at) noexcept {
  const char before = text.before(at), next = text.at(at + 1);
  return before != '\0' && before != ' ' && next != '@' && next != '\0' && next != ' ';
}

}  // namespace penstock::privacy
