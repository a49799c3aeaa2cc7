#include "json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "wire/utf8.hpp"

namespace penstock::gateway {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes digits off the front of `text`; false if there are none.
bool take_digits(std::string_view& text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count != 0;
}

bool take(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

char short_escape(char letter) noexcept {
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
      return 0;
  }
}

// Takes \uXXXX off the front of `text`.
std::optional<std::uint32_t> take_code_unit(std::string_view& text) noexcept {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_digit(c) && !letter) return std::nullopt;
    unit = unit * 16 + static_cast<std::uint32_t>(letter ? (c & 7) + 9 : c - '0');
  }
  text.remove_prefix(6);
  return unit;
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(0xE0 | point >> 12);
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
    }
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// Takes one escape, which `text` begins with.
EscapeError take_escape(std::string_view& text, std::string& out) {
  if (const char plain = text.size() >= 2 ? short_escape(text[1]) : '\0') {
    out.push_back(plain);
    text.remove_prefix(2);
    return EscapeError::kNone;
  }
  const auto unit = take_code_unit(text);
  if (!unit) return EscapeError::kUnknownEscape;
  if (*unit < 0xD800 || *unit > 0xDFFF) {
    append_utf8(*unit, out);
    return EscapeError::kNone;
  }
  const auto low = take_code_unit(text);
  if (*unit > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) return EscapeError::kLoneSurrogate;
  append_utf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), out);
  return EscapeError::kNone;
}

}  // namespace

bool is_json_number(std::string_view text) noexcept {
  take(text, "-");
  if (!take(text, "0") && !take_digits(text)) return false;
  if (take(text, ".") && !take_digits(text)) return false;
  if (take(text, "eE")) {
    take(text, "+-");
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

Unescaped unescape(std::string_view raw, std::string& out) {
  std::string_view rest = raw;
  for (;;) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) return {};
    const std::size_t at = raw.size() - rest.size();
    if (const auto error = take_escape(rest, out); error != EscapeError::kNone) return {error, at};
  }
}

std::size_t first_invalid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto step = wire::utf8_step(text.substr(at));
    if (!step.valid) return at;
    at += step.bytes;
  }
  return std::string_view::npos;
}

}  // namespace penstock::gateway
