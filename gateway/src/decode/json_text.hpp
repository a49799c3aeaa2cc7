// The two parts of JSON's grammar that a token's first byte does not settle: numbers and escapes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::gateway {

// True if all of `text` is a number (RFC 8259, 6), of any size. Any thread.
bool is_json_number(std::string_view text) noexcept;

enum class EscapeError { kNone, kUnknownEscape, kLoneSurrogate };

struct Unescaped {
  EscapeError error = EscapeError::kNone;
  std::size_t at = 0;  // where the bad escape begins, in bytes into `raw`
};

// Appends to `out` what `raw`, the text between a string's quotes, stands for. Any thread.
Unescaped unescape(std::string_view raw, std::string& out);

// Where the first bytes that are no UTF-8 begin; npos if there are none. Any thread.
std::size_t first_invalid_utf8(std::string_view text) noexcept;

}  // namespace penstock::gateway
