#include "json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "wire/json_escape.hpp"
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

// Takes one escape, which `text` begins with.
EscapeError take_escape(std::string_view& text, std::string& out) {
  if (const char plain = text.size() >= 2 ? wire::short_escape_value(text[1]) : '\0') {
    out.push_back(plain);
    text.remove_prefix(2);
    return EscapeError::kNone;
  }
  const auto escape = wire::unicode_escape(text);
  if (!escape) return EscapeError::kUnknownEscape;
  if (!escape->code_point) return EscapeError::kLoneSurrogate;
  out.append(wire::encode_utf8(*escape->code_point).view());
  text.remove_prefix(escape->bytes);
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
