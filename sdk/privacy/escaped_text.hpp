// Findings in the text of a JSON string, which may be escaped: "bob\u0040example.com".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "privacy/detectors.hpp"

namespace penstock::privacy {

// What the next one to twelve bytes of escaped text stand for.
struct Unescaped {
  std::array<char, 4> bytes;  // UTF-8; U+FFFD for half of a surrogate pair
  std::size_t count;          // of bytes
  std::size_t escaped_count;  // bytes that they took
};

// `escaped` is not empty. A backslash that begins no escape stands for itself. Any thread.
Unescaped unescape_next(std::string_view escaped) noexcept;

// Reads the findings of one text, one after the other. It is unescaped through a window, so that a
// text of any length needs no memory: no finding, and nothing that decides on one, is longer than
// what two windows share. One thread at a time; text and rules must live as long.
class EscapedFindings {
 public:
  EscapedFindings(const RuleSet& rules, std::string_view escaped) noexcept
      : rules_(rules), escaped_(escaped) {
    fill();
  }

  // Offset and length are those of the escaped text. Nothing once there are no more.
  std::optional<Finding> next() noexcept;

 private:
  static constexpr std::size_t kWindowBytes = 4096;

  bool at_end() const noexcept { return read_ == escaped_.size(); }
  void fill() noexcept;
  void slide() noexcept;

  const RuleSet& rules_;
  std::string_view escaped_;
  std::size_t begin_ = 0;                  // where the window begins in escaped_
  std::size_t read_ = 0;                   // where it ends
  std::size_t size_ = 0;                   // of the window, unescaped
  std::size_t edge_ = 0;                   // into the window: what stands before is masked
  std::size_t from_ = 0;                   // into the window: what stands before is decided
  std::array<char, kWindowBytes> window_;  // not initialised: filled up to size_
  // Where each byte of the window came from, and its end: from begin_ on, at most 6 escaped bytes
  // for each.
  std::array<std::uint16_t, kWindowBytes + 1> escaped_at_;
};

}  // namespace penstock::privacy
