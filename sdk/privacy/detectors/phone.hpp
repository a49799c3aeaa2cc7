// Phone numbers, international and national.
#pragma once

#include <cstddef>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

inline constexpr std::size_t kPhoneDigitsMax = 15;  // ITU-T E.164

// The end of the phone number that begins at `begin`, a '+', a '(' or a digit that follows no
// digit; 0 if none does. phone_international.cpp and phone_national.cpp say which forms are known.
std::size_t phone_end(const TextView& text, std::size_t begin) noexcept;

// False if phone_end is 0 wherever `first`, which may begin a run of `digits` digits, stands before
// `next`: the cheap look before.
constexpr bool phone_may_begin(char first, std::size_t digits, char next) noexcept {
  switch (first) {
    case '+':
    case '(':
      return is_digit(next);
    case '0':
      return digits >= 2 && (next == ' ' || (next >= '(' && next <= '/') || digits >= 9);
    default:
      return (digits == 3 || (digits == 5 && first >= '6') || (digits == 1 && first == '1')) &&
             (next == ' ' || next == '-' || next == '.');
  }
}

// The parts of phone_end. `begin` as above.
std::size_t international_phone_end(const TextView& text, std::size_t begin) noexcept;
std::size_t american_phone_end(const TextView& text, std::size_t begin) noexcept;
std::size_t grouped_phone_end(const TextView& text, std::size_t begin) noexcept;
std::size_t trunk_phone_end(const TextView& text, std::size_t begin) noexcept;

// True if a number may end at `end`: no word goes on there, except an extension ("x12", "ext").
inline bool phone_may_end(const TextView& text, std::size_t end) noexcept {
  const char next = text.at(end);
  if (!is_word(next)) return true;
  if ((next | 0x20) == 'x') return is_digit(text.at(end + 1));
  return (next | 0x20) == 'e' && (text.at(end + 1) | 0x20) == 'x' &&
         (text.at(end + 2) | 0x20) == 't';
}

// True if what stands before or behind is joined to a number as a part of something larger:
// "2024-12-", an IP address, a version, an order number.
inline bool joined_before(const TextView& text, std::size_t begin) noexcept {
  const char joint = text.before(begin);
  const char beyond = text.before(begin, 2);
  if (joint == '-') return is_hex_digit(beyond);  // a UUID's groups, above all
  return (joint == '.' || joint == '/' || joint == ':') && is_digit(beyond);
}
inline bool joined_behind(const TextView& text, std::size_t end) noexcept {
  const char joint = text.at(end);
  const char beyond = text.at(end + 1);
  if (joint == '-') return is_hex_digit(beyond);
  return (joint == '.' || joint == '/' || joint == ':') && is_digit(beyond);
}

// How many digits a plain number has that stands before `begin`, parted by one space: both may be
// one long number in groups, as in "12 034 567 890" or a bank account. 0 for none, and for the end
// of a date or a time.
inline std::size_t plain_number_before(const TextView& text, std::size_t begin) noexcept {
  if (text.before(begin) != ' ') return 0;
  std::size_t digits = 0;
  while (digits <= kPhoneDigitsMax && is_digit(text.before(begin, 2 + digits))) ++digits;
  const char joint = text.before(begin, 2 + digits);
  const bool date_or_time = (joint == ':' || joint == '.' || joint == '-' || joint == '/') &&
                            is_digit(text.before(begin, 3 + digits));
  return date_or_time ? 0 : digits;
}

}  // namespace penstock::privacy
