#include "privacy/escaped_text.hpp"

#include <algorithm>

#include "privacy/detectors/find.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kUnicodeEscapeBytes = 6;  // \uXXXX
constexpr std::uint32_t kReplacement = 0xFFFD;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The value of a \uXXXX that `text` begins with.
std::optional<std::uint32_t> code_unit(std::string_view text) noexcept {
  if (text.size() < kUnicodeEscapeBytes || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 2; i < kUnicodeEscapeBytes; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

Unescaped encode(std::uint32_t c, std::size_t escaped_count) noexcept {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return {{static_cast<char>(c)}, 1, escaped_count};
  if (c < 0x800) return {{static_cast<char>(0xC0 | c >> 6), tail(0)}, 2, escaped_count};
  if (c < 0x10000) return {{static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)}, 3, escaped_count};
  return {{static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)}, 4, escaped_count};
}

Unescaped unescape_unicode(std::string_view escaped, std::uint32_t unit) noexcept {
  if (unit < 0xD800 || unit > 0xDFFF) return encode(unit, kUnicodeEscapeBytes);
  const auto low = unit < 0xDC00 ? code_unit(escaped.substr(kUnicodeEscapeBytes)) : std::nullopt;
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return encode(kReplacement, kUnicodeEscapeBytes);
  return encode(0x10000 + ((unit & 0x3FF) << 10) + (*low & 0x3FF), 2 * kUnicodeEscapeBytes);
}

char unescape_short(char c) noexcept {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

Unescaped unescape_next(std::string_view escaped) noexcept {
  if (escaped[0] != '\\' || escaped.size() == 1) return {{escaped[0]}, 1, 1};
  if (const char c = unescape_short(escaped[1])) return {{c}, 1, 2};
  if (const auto unit = code_unit(escaped)) return unescape_unicode(escaped, *unit);
  return {{'\\'}, 1, 1};
}

void EscapedFindings::fill() noexcept {
  while (!at_end() && size_ + sizeof(Unescaped::bytes) <= kWindowBytes) {
    const std::size_t room = std::min(escaped_.size() - read_, kWindowBytes - size_);
    const std::size_t plain = std::min(escaped_.substr(read_, room).find('\\'), room);
    std::copy_n(escaped_.data() + read_, plain, window_.data() + size_);
    for (std::size_t i = 0; i < plain; ++i) {
      escaped_at_[size_ + i] = static_cast<std::uint16_t>(read_ - begin_ + i);
    }
    size_ += plain;
    read_ += plain;
    if (at_end() || size_ + sizeof(Unescaped::bytes) > kWindowBytes) break;
    const Unescaped next = unescape_next(escaped_.substr(read_));
    for (std::size_t i = 0; i < next.count; ++i) {
      window_[size_] = next.bytes[i];
      escaped_at_[size_++] = static_cast<std::uint16_t>(read_ - begin_);
    }
    read_ += next.escaped_count;
  }
  escaped_at_[size_] = static_cast<std::uint16_t>(read_ - begin_);
}

void EscapedFindings::slide() noexcept {
  from_ = std::max(from_, size_ - kReachBytes);
  const std::size_t dropped = std::max(edge_, from_ - kContextBytes);
  const std::uint16_t escaped_dropped = escaped_at_[dropped];
  for (std::size_t i = dropped; i < size_; ++i) {
    window_[i - dropped] = window_[i];
    escaped_at_[i - dropped] = static_cast<std::uint16_t>(escaped_at_[i] - escaped_dropped);
  }
  begin_ += escaped_dropped;
  size_ -= dropped;
  from_ -= dropped;
  edge_ = 0;
  fill();
}

std::optional<Finding> EscapedFindings::next() noexcept {
  for (;;) {
    const auto found = find_between(rules_, {window_.data(), size_}, edge_, from_);
    if (found && (at_end() || found->offset < size_ - kReachBytes)) {
      edge_ = from_ = found->offset + found->length;
      const std::size_t begin = escaped_at_[found->offset];
      return Finding{begin_ + begin, escaped_at_[from_] - begin, found->kind};
    }
    if (at_end()) return std::nullopt;
    slide();
  }
}

}  // namespace penstock::privacy
