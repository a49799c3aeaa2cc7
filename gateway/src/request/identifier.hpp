// What may name a user, a session, a page, a record, an install or a flow.
#pragma once

#include <algorithm>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::gateway {

// 1 to kIdentifierBytesMax bytes without control characters, as the SDK checks it before it
// records. `text` is valid UTF-8. Any thread.
inline bool is_identifier(std::string_view text) noexcept {
  if (text.empty() || text.size() > wire::kIdentifierBytesMax) return false;
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace penstock::gateway
