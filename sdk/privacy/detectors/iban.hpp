// International bank account numbers (ISO 13616).
#pragma once

#include <optional>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// The IBAN that begins at `at`, where a word does: the two letters of a country that uses them, in
// either case, the country's length and right check digits (ISO 7064, mod 97-10); in one run, or in
// groups of four parted by single spaces, no-break spaces or hyphens. Nothing of a word or a further
// group is joined to it.
std::optional<Extent> iban_at(const TextView& text, std::size_t at) noexcept;

// The cheap look before.
inline bool iban_may_begin(const WordBegin& word) noexcept {
  return word.are_letters(WordBegin::places(0, 1)) & word.are_digits(WordBegin::places(2, 3));
}

}  // namespace penstock::privacy
