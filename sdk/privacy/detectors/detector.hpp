// How a detector is called: its line in kinds.hpp holds one of these.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

// Where something was found: the bytes from `begin` up to `end` of the text.
struct Extent {
  std::size_t begin, end;
};

// The functions of one detector, made by around() or number(). Those functions allocate nothing,
// throw nothing, and look no further than find.hpp says.
struct Detector {
  using FindAround = std::optional<Extent>(const TextView& text, std::size_t at) noexcept;
  using MayBegin = bool(char first, std::size_t digits, char next) noexcept;
  using EndOf = std::size_t(const TextView& text, std::size_t begin) noexcept;

  // Said in words: with -fsanitize=undefined GCC does not compare the pointers in a constant.
  enum class Looks : char { kAroundAnchors, kWhereNumbersBegin };

  Looks looks;
  char anchor = '\0';
  FindAround* around = nullptr;
  FindAround* holding = nullptr;
  MayBegin* may_begin = nullptr;
  EndOf* end_of = nullptr;

  constexpr bool has_anchor() const noexcept { return looks == Looks::kAroundAnchors; }
  constexpr bool is_number() const noexcept { return looks == Looks::kWhereNumbersBegin; }
};

// For what holds the character `anchor`, which is neither a digit nor one that numbers are written
// with. `find(text, at)`: what holds the anchor at `at`. `holding(text, inside)`: what begins at or
// before position `inside` and has its anchor behind it, so that a number is not taken out of it.
constexpr Detector around(char anchor, Detector::FindAround find,
                          Detector::FindAround holding) noexcept {
  return {Detector::Looks::kAroundAnchors, anchor, find, holding, nullptr, nullptr};
}

// For what is written with digits. `end_of(text, begin)`: the end of the number that begins there,
// at a '+', a '(' or a digit that follows no digit; 0 if none does. `may_begin(first, digits,
// next)`: false if end_of is 0 wherever `first`, which may begin a run of `digits` digits, stands
// before `next`: the cheap look before.
constexpr Detector number(Detector::MayBegin may_begin, Detector::EndOf end_of) noexcept {
  return {Detector::Looks::kWhereNumbersBegin, '\0', nullptr, nullptr, may_begin, end_of};
}

}  // namespace penstock::privacy
