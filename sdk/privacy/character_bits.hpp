// What the characters of a text are to the detectors, many at a time. Internal to privacy/. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/simd.hpp"

namespace penstock::privacy {

// Bit i: byte i is one. Numeric: digits, spaces and '(' to '/'. Word: letters, digits, '_' and '-'.
// Marks: one of : ; < = > ? @ / % and the backslash, of which half mean something; but no ':'
// behind a '"', as every name of a JSON field has.
struct CharacterBits {
  std::uint64_t numeric = 0, word = 0, marks = 0;
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

// Of 32 bytes; reads the one before as well.
inline CharacterBits character_bits_32(const char* from) noexcept {
  using wire::Block;
  const CharacterBits low = character_bits(Block::load(from), Block::load(from - 1));
  const CharacterBits high =
      character_bits(Block::load(from + Block::kBytes), Block::load(from + Block::kBytes - 1));
  return {high.numeric << Block::kBytes | low.numeric, high.word << Block::kBytes | low.word,
          high.marks << Block::kBytes | low.marks};
}

}  // namespace penstock::privacy
