#include "wire/json_writer.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "wire/hex.hpp"
#include "wire/simd.hpp"
#include "wire/utf8.hpp"

namespace penstock::wire {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Bit i: byte i cannot be copied as it is. Anything from 0x80 up is looked at as UTF-8.
std::uint32_t special_bits(const Block& block) noexcept {
  return (block.between(0x00, 0x1F) | block.between(0x80, 0xFF) | block.equals('"') |
          block.equals('\\'))
      .bits();
}

// Copies up to the first byte that is not plain, and returns how many bytes that were. May write up
// to text.size() rounded up to whole blocks: storing a block is cheaper than storing what is due of
// it.
std::size_t copy_plain(std::string_view text, char* to) noexcept {
  const char* const from = text.data();
  std::size_t done = 0;
  for (; text.size() - done >= Block::kBytes; done += Block::kBytes) {
    const Block block = Block::load(from + done);
    block.store(to + done);
    if (const auto special = special_bits(block)) {
      return done + static_cast<std::size_t>(std::countr_zero(special));
    }
  }
  const std::size_t rest = text.size() - done;
  if (rest == 0) return done;
  const Block block = Block::load_part(from + done, rest);
  block.store(to + done);
  // The zeros behind the text are special too: they end the count at its end.
  return done + static_cast<std::size_t>(std::countr_zero(special_bits(block)));
}

char short_escape(char c) noexcept {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void write_escape(JsonWriter& out, char c) noexcept {
  if (const char letter = short_escape(c)) {
    const char escape[] = {'\\', letter};
    return out.raw(std::string_view(escape, sizeof escape));
  }
  const auto value = static_cast<unsigned char>(c);
  const char escape[] = {'\\', 'u', '0', '0', kHexDigits[value >> 4], kHexDigits[value & 0xF]};
  out.raw(std::string_view(escape, sizeof escape));
}

// The same text as std::to_chars for what programs measure most: at most three decimals, in a tenth
// of its time. Returns the end, or nullptr for all others.
//
// At most 15 digits name one double alone, so that no shorter text can mean the same one; and the
// division rounds as the reading of the text does.
char* write_thousandths(double value, char* to) noexcept {
  const double magnitude = std::abs(value);
  if (!(magnitude < 1e12)) return nullptr;
  const auto is = [&](std::uint64_t count) {
    return static_cast<double>(count) / 1000 == magnitude;
  };
  auto thousandths = static_cast<std::uint64_t>(magnitude * 1000);
  if (!is(thousandths)) ++thousandths;
  if (!is(thousandths)) return nullptr;
  const std::uint64_t whole = thousandths / 1000;
  const auto fraction = static_cast<unsigned>(thousandths % 1000);
  // 1e+05 is shorter than 100000; and zero has a sign.
  if (fraction == 0 && (whole == 0 || whole >= 100'000)) return nullptr;
  if (value < 0) *to++ = '-';
  to = std::to_chars(to, to + 12, whole).ptr;
  if (fraction == 0) return to;
  const char digits[] = {'.', static_cast<char>('0' + fraction / 100),
                         static_cast<char>('0' + fraction / 10 % 10),
                         static_cast<char>('0' + fraction % 10)};
  std::memcpy(to, digits, sizeof digits);
  to += sizeof digits;
  while (to[-1] == '0') --to;
  return to;
}

template <typename Number>
void write_number(JsonWriter& out, Number value) noexcept {
  char digits[32];  // the longest double is 24 characters, the longest integer 20
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.raw(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

}  // namespace

void JsonWriter::string(std::string_view text) noexcept {
  raw('"');
  string_part(text);
  raw('"');
}

void JsonWriter::string_part(std::string_view text) noexcept {
  while (!text.empty() && !overflowed_) {
    if (room() >= text.size() + Block::kBytes) {
      const std::size_t plain = copy_plain(text, cursor_);
      cursor_ += plain;
      text.remove_prefix(plain);
    }
    // One that is not plain seldom comes alone, and near the buffer's end all go this way.
    do {
      if (text.empty()) return;
      text.remove_prefix(write_character(text));
    } while (!text.empty() && !is_plain(text.front()));
  }
}

std::size_t JsonWriter::write_character(std::string_view text) noexcept {
  const Utf8Step step = utf8_step(text);
  if (!step.valid) {
    raw(kReplacement);
  } else if (step.bytes > 1 || is_plain(text.front())) {
    raw(text.substr(0, step.bytes));
  } else {
    write_escape(*this, text.front());
  }
  return step.bytes;
}

void JsonWriter::number(std::int64_t value) noexcept { write_number(*this, value); }
void JsonWriter::number(std::uint64_t value) noexcept { write_number(*this, value); }
void JsonWriter::number(double value) noexcept {
  if (!std::isfinite(value)) return null();
  char text[20];
  if (const char* end = write_thousandths(value, text)) {
    return raw(std::string_view(text, static_cast<std::size_t>(end - text)));
  }
  write_number(*this, value);
}

}  // namespace penstock::wire
