// Values with less in them: addresses, coordinates and times. All functions: any thread, no
// allocation, and a bounded look at text that may be anything. They give nothing where the text is
// not what they expect, and truncating what is truncated already changes nothing.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::privacy {

// ASCII, and no characters that JSON escapes.
class Truncated {
 public:
  static constexpr std::size_t kBytesMax = 128;

  bool empty() const noexcept { return size_ == 0; }
  std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  // What does not fit is left out: callers bound what they append.
  void append(std::string_view text) noexcept;

 private:
  std::array<char, kBytesMax> bytes_;
  std::size_t size_ = 0;
};

// IPv4 to its /24, 203.0.113.0; IPv6 to its /48 as RFC 5952 writes it, 2001:db8:1::. IPv4 mapped
// into IPv6 counts as IPv4. No ports, brackets or zones.
Truncated truncate_ip(std::string_view text) noexcept;

// Each number cut, not rounded, to `digits` (1 to 4) decimals. The text is 1 to 4 numbers from -180
// to 180, as in "48.8583, 2.2944", parted by commas, semicolons, slashes or spaces, also in
// brackets; numbers parted by spaces alone are at most two, since three are degrees, minutes and
// seconds. "48,8583" may be one number or two, so it is neither.
Truncated truncate_coordinates(std::string_view text, unsigned digits) noexcept;

// The day in UTC, 2026-11-28, of an RFC 3339 time, of a day, or of a count since 1970: 9 to 11
// digits are seconds (also with a fraction), 12 to 15 are milliseconds. Shorter numbers may be
// years or days, and are none of these.
Truncated truncate_to_day(std::string_view text) noexcept;

}  // namespace penstock::privacy
