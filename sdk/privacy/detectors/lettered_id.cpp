#include "privacy/detectors/lettered_id.hpp"

#include <array>
#include <string_view>

namespace penstock::privacy {
namespace {

constexpr char upper(char c) noexcept { return is_letter(c) ? static_cast<char>(c & ~0x20) : c; }

unsigned digit(const TextView& text, std::size_t at) noexcept {
  return static_cast<unsigned>(text.at(at) - '0');
}

bool are_digits(const TextView& text, std::size_t at, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    if (!is_digit(text.at(at + i))) return false;
  return true;
}

// Nothing of a word is joined to it, nor a hyphen with more of an identifier behind it.
bool stands_alone(const TextView& text, std::size_t begin, std::size_t end) noexcept {
  if (is_word(text.before(begin)) || is_word(text.at(end))) return false;
  return !(text.before(begin) == '-' && is_word(text.before(begin, 2))) &&
         !(text.at(end) == '-' && is_word(text.at(end + 1)));
}

// --- United Kingdom

bool is_nino_prefix(char first, char second) noexcept {
  constexpr std::string_view kNever = "DFIQUV";
  const char pair[] = {upper(first), upper(second)};
  if (!is_letter(first) || !is_letter(second)) return false;
  if (kNever.find(pair[0]) != kNever.npos || kNever.find(pair[1]) != kNever.npos) return false;
  if (pair[1] == 'O') return false;
  for (const std::string_view unused : {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
    if (unused == std::string_view(pair, 2)) return false;
  return true;
}

bool is_nino_suffix(char c) noexcept { return upper(c) >= 'A' && upper(c) <= 'D'; }

std::optional<Extent> nino_at(const TextView& text, std::size_t at) noexcept {
  if (!is_nino_prefix(text.at(at), text.at(at + 1)) || !are_digits(text, at + 2, 6))
    return std::nullopt;
  const std::size_t suffix = at + 8 + (text.at(at + 8) == ' ' ? 1U : 0U);
  if (!is_nino_suffix(text.at(suffix)) || !stands_alone(text, at, suffix + 1)) return std::nullopt;
  return Extent{at, suffix + 1};
}

// AB 12 34 56 C or AB 123456 C, whose digits begin at `at`.
std::optional<Extent> grouped_nino_around(const TextView& text, std::size_t at) noexcept {
  if (text.before(at) != ' ' || !is_nino_prefix(text.before(at, 3), text.before(at, 2)))
    return std::nullopt;
  std::size_t end = at;
  for (int group = 0; group < 3; ++group) {
    if (!are_digits(text, end, 2) || text.at(end + 2) != ' ') return std::nullopt;
    end += 3;
  }
  if (!is_nino_suffix(text.at(end)) || !stands_alone(text, at - 3, end + 1)) return std::nullopt;
  return Extent{at - 3, end + 1};
}

// --- Italy

// The digit that stands at `at`, or that a letter stands for; 10 for another character.
unsigned digit_or_letter(char c) noexcept {
  constexpr std::string_view kLetters = "LMNPQRSTUV";
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const auto found = kLetters.find(upper(c));
  return found == kLetters.npos ? 10 : static_cast<unsigned>(found);
}

std::optional<Extent> codice_fiscale_at(const TextView& text, std::size_t at) noexcept {
  constexpr std::string_view kForm = "AAAAAA##A##A###A";
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const char c = text.at(at + i);
    if (kForm[i] == 'A' ? !is_letter(c) : digit_or_letter(c) > 9) return std::nullopt;
  }
  constexpr std::string_view kMonths = "ABCDEHLMPRST";
  const unsigned day = digit_or_letter(text.at(at + 9)) * 10 + digit_or_letter(text.at(at + 10));
  if (kMonths.find(upper(text.at(at + 8))) == kMonths.npos || day % 40 == 0 || day % 40 > 31)
    return std::nullopt;
  // What a character at an odd place (the first is one) counts; at an even one its place.
  constexpr std::array<unsigned char, 26> kOdd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                                  20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  unsigned sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const char c = upper(text.at(at + i));
    const auto place = static_cast<std::size_t>(is_digit(c) ? c - '0' : c - 'A');
    sum += i % 2 == 0 ? kOdd[place] : static_cast<unsigned>(place);
  }
  if (upper(text.at(at + 15)) != static_cast<char>('A' + sum % 26)) return std::nullopt;
  if (!stands_alone(text, at, at + kForm.size())) return std::nullopt;
  return Extent{at, at + kForm.size()};
}

// --- Spain

std::optional<Extent> spanish_around(const TextView& text, std::size_t at,
                                     std::size_t digits) noexcept {
  constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  std::size_t begin = at;
  unsigned number = 0;
  if (digits == 7) {
    begin -= text.before(at) == '-' ? 2U : 1U;
    const char kind = upper(text.before(at, at - begin));
    if (kind < 'X' || kind > 'Z') return std::nullopt;
    number = static_cast<unsigned>(kind - 'X');
  }
  for (std::size_t i = 0; i < digits; ++i) number = number * 10 + digit(text, at + i);
  const std::size_t letter = at + digits + (text.at(at + digits) == '-' ? 1U : 0U);
  if (upper(text.at(letter)) != kLetters[number % kLetters.size()]) return std::nullopt;
  if (!stands_alone(text, begin, letter + 1)) return std::nullopt;
  return Extent{begin, letter + 1};
}

// --- France

// 1 85 05 2A 123 456 78 or 185052A12345678.
std::optional<Extent> corsican_at(const TextView& text, std::size_t at) noexcept {
  constexpr std::string_view kRun = "#####2A########", kGroups = "# ## ## 2A ### ### ##";
  const std::string_view form = text.at(at + 1) == ' ' ? kGroups : kRun;
  std::array<unsigned char, 13> digits{};
  std::size_t count = 0;
  unsigned key = 0, less = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char c = text.at(at + i);
    if (form[i] == 'A') {
      // 2A counts as 19, 2B as 18.
      if (upper(c) != 'A' && upper(c) != 'B') return std::nullopt;
      less = upper(c) == 'A' ? 1'000'000 : 2'000'000;
      digits[count++] = 0;
      continue;
    }
    if (form[i] == ' ' || form[i] == '2') {
      if (c != form[i]) return std::nullopt;
      if (c == ' ') continue;
    }
    if (!is_digit(c)) return std::nullopt;
    if (count < digits.size())
      digits[count++] = static_cast<unsigned char>(c - '0');
    else
      key = key * 10 + static_cast<unsigned>(c - '0');
  }
  unsigned rest = 0;
  for (const unsigned char each : digits) rest = (rest * 10 + each) % 97;
  rest = (rest + 97 - less % 97) % 97;
  const unsigned month = digits[3] * 10U + digits[4];
  if (digits[0] < 1 || digits[0] > 2 || month == 0 || (month > 12 && month < 20) ||
      key != 97 - rest || !stands_alone(text, at, at + form.size()))
    return std::nullopt;
  return Extent{at, at + form.size()};
}

}  // namespace

std::optional<Extent> lettered_id_at(const TextView& text, std::size_t at) noexcept {
  if (is_digit(text.at(at)))
    return text.at(at + 5) == '2' ? corsican_at(text, at) : std::optional<Extent>();
  return is_digit(text.at(at + 2)) ? nino_at(text, at) : codice_fiscale_at(text, at);
}

std::optional<Extent> lettered_id_around(const TextView& text, std::size_t at) noexcept {
  std::size_t digits = 0;
  while (digits < 9 && is_digit(text.at(at + digits))) ++digits;
  switch (digits) {
    case 1:
      return corsican_at(text, at);
    case 2:
      return grouped_nino_around(text, at);
    case 7:
    case 8:
      return spanish_around(text, at, digits);
    default:
      return std::nullopt;
  }
}

}  // namespace penstock::privacy
