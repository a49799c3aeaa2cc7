#include "privacy/decoded_text.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "wire/hex.hpp"
#include "wire/json_escape.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;
constexpr unsigned kLevels = 2;

Unescaped as_it_is(char c) noexcept { return {{c}, 1, 1}; }

Unescaped encoded(std::uint32_t code_point, std::size_t escaped_count) noexcept {
  const auto utf8 = wire::encode_utf8(code_point);
  return {utf8.bytes, utf8.count, escaped_count};
}

// Reads one level: what it reads is decoded by those below. Level 0 is the text itself.
class Level {
 public:
  Level(std::string_view text, bool json) noexcept : text_(text), json_(json) {}

  // What stands at `at`, which is before the end.
  Unescaped read(unsigned level, std::size_t at) const noexcept {
    if (level == 0) return json_ ? unescape_next(text_.substr(at)) : as_it_is(text_[at]);
    const Unescaped first = read(level - 1, at);
    if (first.count != 1) return first;
    if (first.bytes[0] == '%') return percent(level, at, first);
    if (first.bytes[0] == '\\') return backslash(level, at, first);
    return first;
  }

 private:
  // The value of the hex digits from `at` on; -1 if one is none. Moves `at` behind them.
  int hex(unsigned level, std::size_t& at, int digits) const noexcept {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (at >= text_.size()) return -1;
      const Unescaped next = read(level, at);
      const int digit = next.count == 1 ? wire::hex_value(next.bytes[0]) : -1;
      if (digit < 0) return -1;
      value = value << 4 | digit;
      at += next.escaped_count;
    }
    return value;
  }

  Unescaped percent(unsigned level, std::size_t at, const Unescaped& first) const noexcept {
    std::size_t end = at + first.escaped_count;
    const int byte = hex(level - 1, end, 2);
    if (byte < 0) return first;
    return {{static_cast<char>(byte)}, 1, end - at};
  }

  Unescaped backslash(unsigned level, std::size_t at, const Unescaped& first) const noexcept {
    std::size_t end = at + first.escaped_count;
    if (end >= text_.size()) return first;
    const Unescaped letter = read(level - 1, end);
    if (letter.count != 1) return first;
    end += letter.escaped_count;
    if (letter.bytes[0] == 'u' || letter.bytes[0] == 'x') {
      const int value = hex(level - 1, end, letter.bytes[0] == 'u' ? 4 : 2);
      if (value < 0) return first;
      const bool half = value >= 0xD800 && value <= 0xDFFF;
      return encoded(half ? kReplacement : static_cast<std::uint32_t>(value), end - at);
    }
    const char meant = wire::short_escape_value(letter.bytes[0]);
    return meant == '\0' ? first : Unescaped{{meant}, 1, end - at};
  }

  std::string_view text_;
  bool json_;
};

}  // namespace

Unescaped unescape_next(std::string_view escaped) noexcept {
  if (escaped[0] != '\\' || escaped.size() == 1) return as_it_is(escaped[0]);
  if (const char c = wire::short_escape_value(escaped[1])) return {{c}, 1, 2};
  const auto escape = wire::unicode_escape(escaped);
  if (!escape) return as_it_is('\\');
  return encoded(escape->code_point.value_or(kReplacement), escape->bytes);
}

Unescaped decode_next(std::string_view escaped, Escapes escapes) noexcept {
  switch (escapes) {
    case Escapes::kNone:
      return as_it_is(escaped[0]);
    case Escapes::kJson:
      return unescape_next(escaped);
    case Escapes::kAny:
      return Level(escaped, false).read(kLevels, 0);
    case Escapes::kJsonAny:
      return Level(escaped, true).read(kLevels, 0);
  }
  return as_it_is(escaped[0]);
}

std::size_t find_escape(std::string_view text, std::size_t from, Escapes escapes) noexcept {
  using wire::Block;
  if (escapes == Escapes::kNone) return text.size();
  const char second = escapes == Escapes::kJson ? '\\' : '%';
  while (from < text.size()) {
    const std::size_t rest = text.size() - from;
    const Block block = rest >= Block::kBytes ? Block::load(text.data() + from)
                                              : Block::load_part(text.data() + from, rest);
    if (const std::uint32_t found = (block.equals('\\') | block.equals(second)).bits())
      return from + static_cast<std::size_t>(std::countr_zero(found));
    from += std::min(rest, Block::kBytes);
  }
  return text.size();
}

namespace {

bool is_percent_escape(std::string_view text, std::size_t at) noexcept {
  return text[at] == '%' && at + 2 < text.size() && wire::hex_value(text[at + 1]) >= 0 &&
         wire::hex_value(text[at + 2]) >= 0;
}

}  // namespace

bool begins_escape(std::string_view text, std::size_t at) noexcept {
  return text[at] == '\\' || is_percent_escape(text, at);
}

bool may_be_escaped(std::string_view text) noexcept {
  for (std::size_t at = find_escape(text, 0, Escapes::kAny); at < text.size();
       at = find_escape(text, at + 1, Escapes::kAny)) {
    if (begins_escape(text, at)) return true;
  }
  return false;
}

bool may_be_escaped_twice(std::string_view text) noexcept {
  for (std::size_t at = find_escape(text, 0, Escapes::kAny); at < text.size();
       at = find_escape(text, at + 1, Escapes::kAny)) {
    if (is_percent_escape(text, at)) return true;
    if (text[at] != '\\' || at + 1 == text.size()) continue;
    ++at;
    if (wire::short_escape_value(text[at]) == '\0' || text[at] == '\\') return true;
  }
  return false;
}

}  // namespace penstock::privacy
