// Where the next record goes: segment, record number and offset in one word, so that one
// compare-and-swap gives a record its place and its sequence number together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "journal/record_format.hpp"

namespace penstock::journal {

// Bits, from the highest: generation (which segment; counts up and wraps), index (sequence numbers
// given in it), offset in units of kRecordAlignment. The largest segment, kSegmentBytesMax, needs
// 23 bits of offset, and gives at most 2^22 numbers; recovery may pass over some more.
class Cursor {
 public:
  static constexpr unsigned kOffsetBits = 23, kIndexBits = 24, kGenerationBits = 17;
  static constexpr std::uint64_t kGenerations = std::uint64_t{1} << kGenerationBits;
  static constexpr std::uint64_t kIndexMax = (std::uint64_t{1} << kIndexBits) - 1;

  constexpr explicit Cursor(std::uint64_t word) noexcept : word_(word) {}
  constexpr Cursor(std::uint64_t generation, std::uint64_t index, std::size_t offset) noexcept
      : word_(generation % kGenerations << (kIndexBits + kOffsetBits) | index << kOffsetBits |
              offset / kRecordAlignment) {}

  constexpr std::uint64_t word() const noexcept { return word_; }
  constexpr std::uint64_t generation() const noexcept {
    return word_ >> (kIndexBits + kOffsetBits);
  }
  constexpr std::uint64_t index() const noexcept { return word_ >> kOffsetBits & kIndexMax; }
  constexpr std::size_t offset() const noexcept {
    return (word_ & kSealedUnits) * kRecordAlignment;
  }

  // Behind one more record. Only if it fits into the segment, so no field overflows into the next.
  constexpr Cursor after(std::size_t bytes) const noexcept {
    return Cursor(word_ + (std::uint64_t{1} << kOffsetBits) + bytes / kRecordAlignment);
  }

  // The same generation and index with an offset at which nothing fits: nobody reserves there any
  // more.
  constexpr Cursor sealed() const noexcept { return Cursor(word_ | kSealedUnits); }
  constexpr bool is_sealed() const noexcept { return (word_ & kSealedUnits) == kSealedUnits; }

 private:
  static constexpr std::uint64_t kSealedUnits = (std::uint64_t{1} << kOffsetBits) - 1;
  std::uint64_t word_;
};
static_assert(Cursor::kOffsetBits + Cursor::kIndexBits + Cursor::kGenerationBits == 64);

}  // namespace penstock::journal
