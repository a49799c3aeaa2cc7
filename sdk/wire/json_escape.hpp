// What an escape in a JSON string stands for (RFC 8259, 7). Any thread, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/hex.hpp"

namespace penstock::wire {

// The character that a backslash and `letter` stand for; NUL if that is not an escape, or \u.
constexpr char short_escape_value(char letter) noexcept {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

struct UnicodeEscape {
  std::optional<std::uint32_t> code_point;  // nothing for half of a surrogate pair
  std::size_t bytes;                        // of the escape: 6, or 12 for a pair
};

// The \uXXXX, or the pair of them, that `text` begins with. nullopt if there is none.
inline std::optional<UnicodeEscape> unicode_escape(std::string_view text) noexcept {
  constexpr std::size_t kBytes = 6;
  const auto unit_at = [text](std::size_t at) -> std::optional<std::uint32_t> {
    if (text.size() < at + kBytes || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    std::uint32_t unit = 0;
    for (const char c : text.substr(at + 2, 4)) {
      const int digit = hex_value(c);
      if (digit < 0) return std::nullopt;
      unit = unit << 4 | static_cast<std::uint32_t>(digit);
    }
    return unit;
  };
  const auto unit = unit_at(0);
  if (!unit) return std::nullopt;
  if (*unit < 0xD800 || *unit > 0xDFFF) return UnicodeEscape{unit, kBytes};
  const auto low = *unit < 0xDC00 ? unit_at(kBytes) : std::nullopt;
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return UnicodeEscape{std::nullopt, kBytes};
  return UnicodeEscape{0x10000 + ((*unit & 0x3FF) << 10) + (*low & 0x3FF), 2 * kBytes};
}

struct Utf8Character {
  std::array<char, 4> bytes{};
  std::size_t count = 0;

  std::string_view view() const noexcept { return {bytes.data(), count}; }
};

constexpr Utf8Character encode_utf8(std::uint32_t code_point) noexcept {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](int shift) { return byte(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) return {{byte(code_point)}, 1};
  if (code_point < 0x800) return {{byte(0xC0 | code_point >> 6), tail(0)}, 2};
  if (code_point < 0x10000) return {{byte(0xE0 | code_point >> 12), tail(6), tail(0)}, 3};
  return {{byte(0xF0 | code_point >> 18), tail(12), tail(6), tail(0)}, 4};
}

}  // namespace penstock::wire
