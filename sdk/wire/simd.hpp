// Sixteen bytes at a time: SSE2, which every x86-64 has, and a portable form with the same results.
//
// Internal to wire/ and privacy/. Pure functions: any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include <array>
#endif

namespace penstock::wire {

// Bytes, or the result of a comparison: 0xFF where it holds, 0x00 where not.
class Block {
 public:
  static constexpr std::size_t kBytes = 16;

  // Reads exactly kBytes.
  static Block load(const char* from) noexcept {
    Block block;
    std::memcpy(&block.lanes_, from, kBytes);
    return block;
  }
  // Reads exactly `count` bytes, 0 to 15; the rest are 0.
  static Block load_part(const char* from, std::size_t count) noexcept {
    std::uint64_t words[2] = {0, 0};
    if (count >= 8) {
      words[0] = read<std::uint64_t>(from);
      if (count > 8) words[1] = read<std::uint64_t>(from + count - 8) >> (8 * (16 - count));
    } else if (count >= 4) {
      words[0] = read<std::uint32_t>(from) | std::uint64_t{read<std::uint32_t>(from + count - 4)}
                                                 << (8 * (count - 4));
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        words[0] |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
      }
    }
    return of_words(words[0], words[1]);
  }
  // All of `count` bytes (1 to 16), in any order, some of them more than once. Cheaper than
  // load_part, for a caller that asks which bytes occur and not where.
  static Block load_any_order(const char* from, std::size_t count) noexcept {
    if (count >= 8) {
      return of_words(read<std::uint64_t>(from), read<std::uint64_t>(from + count - 8));
    }
    std::uint64_t word = 0;
    if (count >= 4) {
      word = read<std::uint32_t>(from) | std::uint64_t{read<std::uint32_t>(from + count - 4)} << 32;
    } else {
      const auto byte = [from](std::size_t i) { return static_cast<unsigned char>(from[i]); };
      const auto pair = static_cast<std::uint64_t>(byte(0) | byte(count - 1) << 8);
      word = (pair | std::uint64_t{byte(count / 2)} << 16 | std::uint64_t{byte(0)} << 24) *
             0x1'0000'0001;
    }
    return of_words(word, word);
  }
  // Writes exactly kBytes.
  void store(char* to) const noexcept { std::memcpy(to, &lanes_, kBytes); }

#if defined(__SSE2__)
  Block equals(char c) const noexcept { return Block(_mm_cmpeq_epi8(lanes_, _mm_set1_epi8(c))); }
  // low <= byte <= high, unsigned.
  Block between(unsigned char low, unsigned char high) const noexcept {
    // Moved to where signed numbers begin, which is what can be compared.
    const __m128i moved = _mm_add_epi8(lanes_, _mm_set1_epi8(static_cast<char>(0x80 - low)));
    return Block(_mm_cmpgt_epi8(_mm_set1_epi8(static_cast<char>(high - low + 1 - 0x80)), moved));
  }
  // byte <= high, unsigned.
  Block at_most(unsigned char high) const noexcept {
    const __m128i limit = _mm_set1_epi8(static_cast<char>(high));
    return Block(_mm_cmpeq_epi8(_mm_min_epu8(lanes_, limit), lanes_));
  }
  // Each byte with bit 0x20 set: of letters the lower case.
  Block lower() const noexcept { return Block(_mm_or_si128(lanes_, _mm_set1_epi8(0x20))); }
  // `first`, and behind it all bytes but the last.
  Block behind_one(char first) const noexcept {
    return Block(_mm_or_si128(_mm_slli_si128(lanes_, 1),
                              _mm_cvtsi32_si128(static_cast<unsigned char>(first))));
  }
  // Where a holds and b does not.
  friend Block without(Block a, Block b) noexcept {
    return Block(_mm_andnot_si128(b.lanes_, a.lanes_));
  }
  friend Block operator|(Block a, Block b) noexcept {
    return Block(_mm_or_si128(a.lanes_, b.lanes_));
  }
  friend Block operator&(Block a, Block b) noexcept {
    return Block(_mm_and_si128(a.lanes_, b.lanes_));
  }
  // Bit i is set if the comparison holds for byte i.
  std::uint32_t bits() const noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(lanes_));
  }
#else
  Block equals(char c) const noexcept {
    return between(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
  }
  Block between(unsigned char low, unsigned char high) const noexcept {
    Block result;
    for (std::size_t i = 0; i < kBytes; ++i) {
      result.lanes_[i] = lanes_[i] >= low && lanes_[i] <= high ? 0xFF : 0;
    }
    return result;
  }
  Block at_most(unsigned char high) const noexcept { return between(0, high); }
  Block lower() const noexcept {
    Block result;
    for (std::size_t i = 0; i < kBytes; ++i) result.lanes_[i] = lanes_[i] | 0x20U;
    return result;
  }
  Block behind_one(char first) const noexcept {
    Block result;
    result.lanes_[0] = static_cast<std::uint8_t>(first);
    for (std::size_t i = 1; i < kBytes; ++i) result.lanes_[i] = lanes_[i - 1];
    return result;
  }
  friend Block without(Block a, const Block& b) noexcept {
    for (std::size_t i = 0; i < kBytes; ++i) a.lanes_[i] &= static_cast<std::uint8_t>(~b.lanes_[i]);
    return a;
  }
  friend Block operator|(Block a, const Block& b) noexcept {
    for (std::size_t i = 0; i < kBytes; ++i) a.lanes_[i] |= b.lanes_[i];
    return a;
  }
  friend Block operator&(Block a, const Block& b) noexcept {
    for (std::size_t i = 0; i < kBytes; ++i) a.lanes_[i] &= b.lanes_[i];
    return a;
  }
  std::uint32_t bits() const noexcept {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kBytes; ++i) bits |= (lanes_[i] & 1U) << i;
    return bits;
  }
#endif

 private:
  template <typename Word>
  static Word read(const char* from) noexcept {
    static_assert(std::endian::native == std::endian::little,
                  "load_part shifts bytes by their weight");
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }

#if defined(__SSE2__)
  Block() noexcept = default;
  // By registers: a store of two words and a load of both at once would wait for each other.
  static Block of_words(std::uint64_t low, std::uint64_t high) noexcept {
    return Block(_mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low)));
  }
  explicit Block(__m128i lanes) noexcept : lanes_(lanes) {}
  __m128i lanes_{};
#else
  static Block of_words(std::uint64_t low, std::uint64_t high) noexcept {
    const std::uint64_t words[2] = {low, high};
    Block block;
    std::memcpy(block.lanes_.data(), words, kBytes);
    return block;
  }
  std::array<std::uint8_t, kBytes> lanes_{};
#endif
};

}  // namespace penstock::wire
