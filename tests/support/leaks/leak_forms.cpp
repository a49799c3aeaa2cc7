#include "support/leaks/leak_forms.hpp"

#include <algorithm>
#include <iterator>

namespace penstock::test {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string hex(unsigned value, int digits, const char* alphabet) {
  std::string text;
  while (digits-- > 0) text += alphabet[value >> (4 * digits) & 15U];
  return text;
}

// Leaves quotes and backslashes escaped, and letters beyond ASCII as they are.
std::string quotes_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

// Of UTF-8 knows what the planted values have: letters of two bytes.
std::string json_escaped(std::string_view utf8) {
  const std::string escaped = quotes_escaped(utf8);
  std::string ascii;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const auto byte = static_cast<unsigned char>(escaped[i]);
    if (byte < 0x80) {
      ascii += escaped[i];
      continue;
    }
    const auto next = static_cast<unsigned char>(escaped[++i]);
    ascii += "\\u" + hex((byte & 0x1FU) << 6 | (next & 0x3FU), 4, "0123456789abcdef");
  }
  return ascii;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~')
      encoded += c;
    else
      encoded += "%" + hex(static_cast<unsigned char>(c), 2, "0123456789ABCDEF");
  }
  return encoded;
}

std::string without_separators(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
  return digits;
}

std::vector<std::string> forms_of(const Planted& planted) {
  // Twice: JSON as text in JSON, as a dead letter holds what was none.
  std::vector<std::string> forms{planted.value, quotes_escaped(planted.value),
                                 quotes_escaped(quotes_escaped(planted.value)),
                                 json_escaped(planted.value), percent_encoded(planted.value)};
  if (planted.is_digits) forms.push_back(without_separators(planted.value));
  std::ranges::sort(forms);
  const auto repeated = std::ranges::unique(forms);
  forms.erase(repeated.begin(), repeated.end());
  return forms;
}

}  // namespace penstock::test
