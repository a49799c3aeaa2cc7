// Payment card numbers (ISO/IEC 7812-1).
#pragma once

#include <cstddef>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

// The end of the card number that begins at `begin`, a digit that follows no digit; 0 if none does.
//
// A card has the prefix and the length of a known issuer and a right Luhn digit. It is written in
// one run of digits, or in groups parted by single spaces or by single hyphens: those that are
// printed on cards (4-4-4-4, 4-6-5, …) anywhere, others only if they are the whole sequence of
// groups. A number with an exponent, 4.111111111111111E15, is read as the whole number that it is.
// A card is not part of a decimal fraction or of a word; and 13 digits with a right EAN check digit
// are a barcode.
std::size_t card_end(const TextView& text, std::size_t begin) noexcept;

// False if card_end is 0 wherever `first` begins a run of `digits` digits before `next`: the cheap
// look before.
constexpr bool card_may_begin(char first, std::size_t digits, char next) noexcept {
  if (first < '2' || first > '6') return false;
  const bool goes_on = next == ' ' || next == '-' || digits >= 13;
  return digits == 1 ? next == '.' : digits >= 3 && goes_on;
}

}  // namespace penstock::privacy
