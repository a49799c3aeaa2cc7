// Places on the Earth.
#pragma once

#include <cstddef>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

// The end of the pair of coordinates that begins at `begin`, a digit that follows no digit or the
// '-' before one; 0 if none does. Latitude and longitude in degrees with at least four decimals (11
// metres), parted by ',' or ';' and at most one space, or by one space. Not a part of a longer list.
// Other pairs of small numbers look the same.
std::size_t coordinates_end(const TextView& text, std::size_t begin) noexcept;

// False if coordinates_end is 0 wherever `first` begins a run of `digits` digits before `next`: the
// cheap look before.
constexpr bool coordinates_may_begin(char first, std::size_t digits, char next) noexcept {
  return first == '-' ? is_digit(next) : digits >= 1 && digits <= 2 && next == '.';
}

}  // namespace penstock::privacy
