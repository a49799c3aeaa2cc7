// Numbers by which states know persons, as far as they are digits alone and their form or check
// digits tell them from other numbers.
#pragma once

#include <cstddef>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

// The end of the number that begins at `begin`, a digit that follows no digit; 0 if none does.
//
// United States, Social Security number: 3-2-4 with hyphens or spaces, without the areas 000, 666
// and 9xx, the group 00 and the serial 0000 (SSA). Brazil, CPF: 000.000.000-00 or 11 digits, with
// both check digits. India, Aadhaar: 4 4 4 with spaces or hyphens, and Verhoeff's digit (UIDAI).
// Germany, tax id: 11 digits, also 2 3 3 3, of the first ten one twice or three times, and ISO
// 7064's digit (§ 139b AO). Poland, PESEL: 11 digits that begin with a date, and the check digit.
// France, NIR: 15 digits, also in its groups, with a month and the key (INSEE).
std::size_t national_id_end(const TextView& text, std::size_t begin) noexcept;

// False if national_id_end is 0 wherever `first` begins a run of `digits` digits before `next`: the
// cheap look before.
constexpr bool national_id_may_begin(char first, std::size_t digits, char next) noexcept {
  switch (digits) {
    case 1:
      return next == ' ' && (first == '1' || first == '2');
    case 2:
      return next == ' ';
    case 3:
      return next == '-' || next == '.' || next == ' ';
    case 4:
      return (next == ' ' || next == '-') && first >= '2';
    case 11:
    case 13:
    case 15:
      return is_digit(first);
    default:
      return false;
  }
}

// As above, for numbers that many ordinary numbers look like: 9 digits, with the eleven test of the
// Netherlands' BSN (one of eleven has it; also 0000.00.000) or the form of a Social Security number (nine of ten have it);
// 12 digits with Verhoeff's digit, as an Aadhaar (one of twelve).
std::size_t bare_national_id_end(const TextView& text, std::size_t begin) noexcept;

constexpr bool bare_national_id_may_begin(char first, std::size_t digits, char next) noexcept {
  return is_digit(first) && (digits == 9 || digits == 12 || (digits == 4 && next == '.'));
}

}  // namespace penstock::privacy
