// Phone numbers, international and national.
#pragma once

#include <cstddef>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

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
      return digits >= 2;
    default:
      return digits == 3 ||
             (digits == 1 && first == '1' && (next == ' ' || next == '-' || next == '.'));
  }
}

// The parts of phone_end. `begin` as above.
std::size_t international_phone_end(const TextView& text, std::size_t begin) noexcept;
std::size_t american_phone_end(const TextView& text, std::size_t begin) noexcept;
std::size_t trunk_phone_end(const TextView& text, std::size_t begin) noexcept;

// True if a number may end at `end`: no word goes on there, except an extension ("x12", "ext").
bool phone_may_end(const TextView& text, std::size_t end) noexcept;

// True if what stands before or behind is joined to a number as a part of something larger:
// "2024-12-", an IP address, a version, an order number.
bool joined_before(const TextView& text, std::size_t begin) noexcept;
bool joined_behind(const TextView& text, std::size_t end) noexcept;

// How many digits a plain number has that stands before `begin`, parted by one space: both may be
// one long number in groups, as in "12 034 567 890" or a bank account. 0 for none, and for the end
// of a date or a time.
std::size_t plain_number_before(const TextView& text, std::size_t begin) noexcept;

}  // namespace penstock::privacy
