// What may name a user, a session, a page, a record, an install, a flow, or a type of event.
#pragma once

#include <algorithm>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::wire {

enum class IdentifierFault { kNone, kEmpty, kTooLong, kControlCharacter };

// `text` is valid UTF-8. Any thread.
inline bool has_control_character(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// An identifier is 1 to kIdentifierBytesMax bytes without control characters. `text` is valid
// UTF-8. Any thread.
inline IdentifierFault check_identifier(std::string_view text) noexcept {
  if (text.empty()) return IdentifierFault::kEmpty;
  if (text.size() > kIdentifierBytesMax) return IdentifierFault::kTooLong;
  return has_control_character(text) ? IdentifierFault::kControlCharacter : IdentifierFault::kNone;
}
inline bool is_identifier(std::string_view text) noexcept {
  return check_identifier(text) == IdentifierFault::kNone;
}

}  // namespace penstock::wire
