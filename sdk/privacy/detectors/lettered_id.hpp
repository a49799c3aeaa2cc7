// Numbers by which states know persons that hold letters.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// What begins at `at`, where a word does.
//
// United Kingdom, national insurance number: AB123456C, with the prefixes that HMRC gives out
// (NIM39110). France, NIR of Corsica in one run: 2A or 2B among its digits, and the key (INSEE).
// Italy, codice fiscale: 16 characters with the date's form and the check letter (also with the
// letters that stand for digits where two persons would have the same, DM 23/12/1976).
std::optional<Extent> lettered_id_at(const TextView& text, std::size_t at) noexcept;

// What the run of digits at `at` belongs to, which follows no digit.
//
// Spain, DNI 12345678Z and NIE X1234567L, also with hyphens, and their check letter (RD 1553/2005).
// United Kingdom, as above in groups: AB 12 34 56 C. France, as above in groups.
std::optional<Extent> lettered_id_around(const TextView& text, std::size_t at) noexcept;

// False if lettered_id_around finds nothing wherever `first` begins a run of `digits` digits before
// `next`: the cheap look before.
constexpr bool digits_may_have_letters(char first, std::size_t digits, char next) noexcept {
  if (!is_digit(first)) return false;
  switch (digits) {
    case 1:
      return next == ' ' && (first == '1' || first == '2');
    case 2:
      return next == ' ';
    case 7:
    case 8:
      return is_letter(next) || next == '-';
    default:
      return false;
  }
}

// The cheap look before lettered_id_at.
inline bool lettered_id_may_begin(const WordBegin& word) noexcept {
  constexpr auto kAt = [](auto... each) { return WordBegin::places(each...); };
  const bool corsican =
      word.are_digits(kAt(0, 3)) & word.are_letters(kAt(6)) & !word.are_word(kAt(15));
  const bool nino = word.are_digits(kAt(2, 7)) & !word.are_word(kAt(8, 9));
  const bool codice =
      word.are_letters(kAt(0, 8, 11, 15)) & word.are_word(kAt(7)) & !word.are_word(kAt(16));
  return corsican | nino | codice;
}

}  // namespace penstock::privacy
