// What the detectors read: text with a left edge, and the kinds of characters. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::privacy {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
  const auto lower = static_cast<unsigned char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}
constexpr bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (is_letter(c) && (c | 0x20) <= 'f');
}
// What a number that is "glued" to it is a part of: an identifier, a hex id, a file name.
constexpr bool is_word(char c) noexcept { return is_digit(c) || is_letter(c) || c == '_'; }

// Unescaped text of which a part, up to `edge`, is dealt with already (masked, for example), and
// counts as not there. Reading outside gives NUL, which means nothing to any detector.
class TextView {
 public:
  TextView(std::string_view text, std::size_t edge) noexcept : text_(text), edge_(edge) {}

  char at(std::size_t i) const noexcept { return i < text_.size() ? text_[i] : '\0'; }
  // The character `steps` before position `i`.
  char before(std::size_t i, std::size_t steps = 1) const noexcept {
    return i >= edge_ + steps ? text_[i - steps] : '\0';
  }

  std::string_view text() const noexcept { return text_; }
  std::size_t size() const noexcept { return text_.size(); }
  std::size_t edge() const noexcept { return edge_; }

 private:
  std::string_view text_;
  std::size_t edge_;
};

}  // namespace penstock::privacy
