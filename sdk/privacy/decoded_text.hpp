// Text as it reads once the escapes in it are decoded: those of JSON and of URLs, also in one
// another. Internal to privacy/.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::privacy {

// What the next bytes of escaped text stand for.
struct Unescaped {
  std::array<char, 4> bytes;  // UTF-8; U+FFFD for half of a surrogate pair
  std::size_t count;          // of bytes
  std::size_t escaped_count;  // bytes that they took
};

// Of one level of JSON's escapes: one to twelve bytes. `escaped` is not empty. A backslash that
// begins no escape stands for itself. Any thread.
Unescaped unescape_next(std::string_view escaped) noexcept;

// How text was escaped, from the inside to the outside.
enum class Escapes : unsigned char {
  kNone,     // it stands as it is
  kJson,     // as in a JSON string
  kAny,      // two levels of %40, \u0040, \x40, \n, …, or none: as programs paste texts into others
  kJsonAny,  // as kAny, in a JSON string
};

// As above, of all levels. A level costs at most six bytes for each.
Unescaped decode_next(std::string_view escaped, Escapes escapes) noexcept;

// Where the first byte stands that may begin an escape, from `from` on; the text's size for none.
std::size_t find_escape(std::string_view text, std::size_t from, Escapes escapes) noexcept;

// True if a backslash stands at `at`, or a '%' and two hex digits.
bool begins_escape(std::string_view text, std::size_t at) noexcept;

// True if kAny would decode something of `text`: it has a backslash, or a '%' and two hex digits.
bool may_be_escaped(std::string_view text) noexcept;

// True if kJsonAny would decode something of the JSON string `text` that kJson does not.
bool may_be_escaped_twice(std::string_view text) noexcept;

}  // namespace penstock::privacy
