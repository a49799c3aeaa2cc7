// What the characters of a text are to the detectors, many at a time. Internal to privacy/. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/simd.hpp"

namespace penstock::privacy {

// Bit i: byte i is one. Numeric: digits, spaces and '(' to '/'. Word: letters, digits, '_' and '-'.
// Marks: one of : ; < = > ? @ / % and the backslash, of which half mean something; but no ':'
// behind a '"', as every name of a JSON field has.
struct CharacterBits {
  std::uint64_t numeric = 0, word = 0, marks = 0;

  CharacterBits operator<<(unsigned by) const noexcept {
    return {numeric << by, word << by, marks << by};
  }
  CharacterBits operator>>(unsigned by) const noexcept {
    return {numeric >> by, word >> by, marks >> by};
  }
  CharacterBits& operator|=(const CharacterBits& other) noexcept {
    numeric |= other.numeric;
    word |= other.word;
    marks |= other.marks;
    return *this;
  }
};

// `before`: the same bytes, one earlier.
inline CharacterBits character_bits(wire::Block block, wire::Block before) noexcept {
  using wire::Block;
  const Block numeric = block.between('(', '9') | block.equals(' ');
  const Block word = block.between('0', '9') | block.lower().between('a', 'z') | block.equals('_') |
                     block.equals('-');
  // What stands between ':' and '@' costs less as marks than three comparisons.
  const Block marks = without(block.between(':', '@'), before.equals('"')) | block.equals('/') |
                      block.equals('\\') | block.equals('%');
  return {numeric.bits(), word.bits(), marks.bits()};
}

// Where a letter, '_' or '-' stands. Most names and values hold nothing else.
inline wire::Block plain_word(wire::Block block) noexcept {
  return block.lower().between('a', 'z') | block.equals('_') | block.equals('-');
}

// Of the block of `text` that begins at `at`, which may be shorter at the text's end.
inline CharacterBits part_bits(std::string_view text, std::size_t at) noexcept {
  using wire::Block;
  const std::size_t rest = text.size() - at;
  const char* const from = text.data() + at;
  const Block block = rest >= Block::kBytes ? Block::load(from) : Block::load_part(from, rest);
  return character_bits(block, block.behind_one(at > 0 ? from[-1] : '\0'));
}

}  // namespace penstock::privacy
