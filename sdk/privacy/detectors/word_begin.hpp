// What a word begins with, for the cheap looks of the detectors that find by it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "privacy/detectors/text_view.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {

// The 16 characters from the begin of a word on, each kind at once. The looks ask without branches:
// of the characters of a hash none is ever predicted. Immutable: any thread.
class WordBegin {
 public:
  WordBegin(const TextView& text, std::size_t at) noexcept
      : before_(text.before(at)), first_(text.at(at)), second_(text.at(at + 1)) {
    using wire::Block;
    const std::size_t rest = text.size() - at;
    const char* const from = text.text().data() + at;
    const Block block = rest >= Block::kBytes ? Block::load(from) : Block::load_part(from, rest);
    letters_ = block.lower().between('a', 'z').bits();
    digits_ = block.between('0', '9').bits();
    hyphens_ = block.equals('-').bits();
    words_ = letters_ | digits_ | block.equals('_').bits();
    if (rest > Block::kBytes && is_word(from[Block::kBytes])) words_ |= 1U << Block::kBytes;
  }

  // True if the first `count` characters, 1 to 16, are the word's.
  bool holds(std::size_t count) const noexcept {
    const std::uint32_t all = (std::uint32_t{2} << (count - 1)) - 1;
    return ((words_ | hyphens_) & all) == all;
  }
  // Bit i: the character i is a digit or a hyphen.
  std::uint32_t numeric() const noexcept { return digits_ | hyphens_; }

  char before() const noexcept { return before_; }
  char first() const noexcept { return first_; }
  char second() const noexcept { return second_; }

  // True if each of `places`, bit i for the character i behind the first, is a letter, a digit or a
  // hyphen.
  bool are_letters(std::uint32_t places) const noexcept { return (letters_ & places) == places; }
  bool are_digits(std::uint32_t places) const noexcept { return (digits_ & places) == places; }
  bool are_hyphens(std::uint32_t places) const noexcept { return (hyphens_ & places) == places; }
  // True if all of `places`, up to the 17th, go on with a word.
  bool are_word(std::uint32_t places) const noexcept { return (words_ & places) == places; }

  static constexpr std::uint32_t places(auto... each) noexcept {
    return ((std::uint32_t{1} << each) | ...);
  }

 private:
  char before_, first_, second_;
  std::uint32_t letters_, digits_, hyphens_, words_;
};

}  // namespace penstock::privacy
