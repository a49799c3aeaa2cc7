// IP and MAC addresses.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// The end of the IPv4 address that begins at `begin`, a digit that follows no digit; 0 if none does.
// Four numbers up to 255 without leading zeros, of which the first is 1 to 223, but not 127.0: not the
// own machine, not a mask, not a group. Not one of a version: behind "v", "version", "build" and the
// like, or a product ("Chrome/120.0.0.0"), or ending with ".0.0".
std::size_t ipv4_end(const TextView& text, std::size_t begin) noexcept;

// False if ipv4_end is 0 wherever `first` begins a run of `digits` digits before `next`: the cheap
// look before.
constexpr bool ipv4_may_begin(char first, std::size_t digits, char next) noexcept {
  return next == '.' && digits >= 1 && digits <= 3 && first != '0';
}

// The IPv6 address whose first ':' stands at `at` (RFC 4291): a global one (2xxx, 3xxx), a local one
// (fc, fd) or that of a link (fe8 to feb), written with all eight groups or with one "::". What
// names of programs look like, "std::chrono", begins with none of these.
std::optional<Extent> ipv6_around(const TextView& text, std::size_t at) noexcept;

// The MAC address whose first ':' stands at `at`: six pairs of hex digits. Not the one of all
// ones or zeros.
std::optional<Extent> mac_around(const TextView& text, std::size_t at) noexcept;

// As above with hyphens, which begins at `at`.
std::optional<Extent> mac_at(const TextView& text, std::size_t at) noexcept;

// The cheap looks before these.
inline bool ipv6_may_hold(const TextView& text, std::size_t at) noexcept {
  return (text.at(at + 1) == ':' || is_hex_digit(text.at(at + 1))) &&
         is_hex_digit(text.before(at)) && is_hex_digit(text.before(at, 4));
}
inline bool mac_may_hold(const TextView& text, std::size_t at) noexcept {
  return text.at(at + 3) == ':' && text.at(at + 6) == ':' && is_hex_digit(text.before(at));
}
inline bool mac_may_begin(const WordBegin& word) noexcept {
  return word.are_hyphens(WordBegin::places(2, 5));
}

}  // namespace penstock::privacy
