// Hexadecimal digits. Any thread.
#pragma once

#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// 0 to 15 for a digit in either case, -1 for any other character.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace penstock::wire
