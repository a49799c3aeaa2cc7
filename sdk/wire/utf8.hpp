// One character of UTF-8 at a time, for text that may be anything.
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::wire {

struct Utf8Step {
  std::size_t bytes;  // at least 1
  bool valid;
};

// The character that `text` begins with, or the maximal part of one that is bad (Unicode,
// chapter 3.9, table 3-7): overlong forms, surrogates and values above U+10FFFF are bad. `text` is
// not empty. Any thread.
inline Utf8Step utf8_step(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};

  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte carries the narrower bounds; the later ones are any continuation.
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

// True if all of `text` is valid UTF-8. Any thread.
inline bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Step step = utf8_step(text);
    if (!step.valid) return false;
    text.remove_prefix(step.bytes);
  }
  return true;
}

}  // namespace penstock::wire
