// What the detectors read: text with a left edge, and the kinds of characters. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/hex.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
  const auto lower = static_cast<unsigned char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}
constexpr bool is_hex_digit(char c) noexcept { return wire::hex_value(c) >= 0; }
// What a number that is "glued" to it is a part of: an identifier, a hex id, a file name.
constexpr bool is_word(char c) noexcept { return is_digit(c) || is_letter(c) || c == '_'; }

// Unescaped text of which a part, up to `edge`, is dealt with already (masked, for example), and
// counts as not there. Reading outside gives NUL, which means nothing to any detector. One thread.
class TextView {
 public:
  TextView(std::string_view text, std::size_t edge) noexcept : text_(text), edge_(edge) {}

  char at(std::size_t i) const noexcept { return i < text_.size() ? text_[i] : '\0'; }
  // The character `steps` before position `i`.
  char before(std::size_t i, std::size_t steps = 1) const noexcept {
    return i >= edge_ + steps ? text_[i - steps] : '\0';
  }

  // Bit i is set if the byte at `begin` + i is a digit.
  std::uint64_t digits_from(std::size_t begin) const noexcept {
    if (begin < digits_begin_ || begin - digits_begin_ >= kDigitsAtOnce) {
      digits_begin_ = begin;
      digits_ = {digit_bits(begin), digit_bits(begin + kDigitsAtOnce)};
    }
    const std::size_t shift = begin - digits_begin_;
    return shift == 0 ? digits_[0] : digits_[0] >> shift | digits_[1] << (kDigitsAtOnce - shift);
  }
  static constexpr std::size_t kDigitsAtOnce = 64;

  std::string_view text() const noexcept { return text_; }
  std::size_t size() const noexcept { return text_.size(); }
  std::size_t edge() const noexcept { return edge_; }

 private:
  std::uint64_t digit_bits(std::size_t begin) const noexcept {
    using wire::Block;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kDigitsAtOnce && begin + i < text_.size(); i += Block::kBytes) {
      const char* const from = text_.data() + begin + i;
      const std::size_t rest = text_.size() - begin - i;
      const Block block = rest >= Block::kBytes ? Block::load(from) : Block::load_part(from, rest);
      bits |= std::uint64_t{block.between('0', '9').bits()} << i;
    }
    return bits;
  }

  std::string_view text_;
  std::size_t edge_;
  // Numbers overlap: what is known of 128 bytes serves all that begin in the first half.
  mutable std::size_t digits_begin_ = std::string_view::npos;
  mutable std::array<std::uint64_t, 2> digits_;
};

}  // namespace penstock::privacy
