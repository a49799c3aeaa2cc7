// How a detector is called: its line in kinds.hpp holds one of these.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/text_view.hpp"
#include "privacy/detectors/word_begin.hpp"

namespace penstock::privacy {

// Where something was found: the bytes from `begin` up to `end` of the text.
struct Extent {
  std::size_t begin, end;
};

// The functions of one detector, made by one of those below. They allocate nothing, throw nothing,
// and look no further than find.hpp says.
struct Detector {
  using MayFind = bool(const TextView& text, std::size_t at) noexcept;
  using MayFindWord = bool(const WordBegin& word) noexcept;
  using FindAround = std::optional<Extent>(const TextView& text, std::size_t at) noexcept;
  using MayBegin = bool(char first, std::size_t digits, char next) noexcept;
  using EndOf = std::size_t(const TextView& text, std::size_t begin) noexcept;

  // Said in words: with -fsanitize=undefined GCC does not compare the pointers in a constant.
  enum class Looks : char { kAtMarks, kWhereWordsBegin, kWhereNumbersBegin, kAtDigits };

  Looks looks;
  char mark = '\0';
  MayFind* may_find = nullptr;
  MayFindWord* may_find_word = nullptr;
  FindAround* find = nullptr;
  MayBegin* may_begin = nullptr;
  EndOf* end_of = nullptr;

  constexpr bool is_at_mark() const noexcept { return looks == Looks::kAtMarks; }
  constexpr bool is_word() const noexcept { return looks == Looks::kWhereWordsBegin; }
  constexpr bool is_number() const noexcept { return looks == Looks::kWhereNumbersBegin; }
  constexpr bool is_at_digits() const noexcept { return looks == Looks::kAtDigits; }
};

// For what is told by the character `mark`, one of those that anchors.hpp names: `find(text, at)` is
// what the mark at `at` belongs to, nothing wherever `may_find` is false: the cheap look before.
constexpr Detector at_mark(char mark, Detector::MayFind may_find,
                           Detector::FindAround find) noexcept {
  return {.looks = Detector::Looks::kAtMarks, .mark = mark, .may_find = may_find, .find = find};
}

// For what is told by its first characters, which anchors.hpp counts as a word: `find(text, at)` is
// what begins or goes on there; `may_find` as above.
constexpr Detector word(Detector::MayFindWord may_find, Detector::FindAround find) noexcept {
  return {.looks = Detector::Looks::kWhereWordsBegin, .may_find_word = may_find, .find = find};
}

// For what is written with digits. `end_of(text, begin)`: the end of the number that begins there,
// at a '+', a '(' or a digit that follows no digit; 0 if none does. `may_begin(first, digits,
// next)`: false if end_of is 0 wherever `first`, which may begin a run of `digits` digits, stands
// before `next`: the cheap look before.
constexpr Detector number(Detector::MayBegin may_begin, Detector::EndOf end_of) noexcept {
  return {.looks = Detector::Looks::kWhereNumbersBegin, .may_begin = may_begin, .end_of = end_of};
}

// For digits with letters around them: `find(text, at)` is what the run of digits that begins at
// `at` belongs to.
constexpr Detector at_digits(Detector::MayBegin may_begin, Detector::FindAround find) noexcept {
  return {.looks = Detector::Looks::kAtDigits, .find = find, .may_begin = may_begin};
}

}  // namespace penstock::privacy
