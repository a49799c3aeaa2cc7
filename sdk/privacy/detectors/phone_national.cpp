// National forms, known by separators that a plain number would not have.
//
// American: (555) 123-4567, 555-123-4567, 555.123.4567, 555 123-4567, each also behind "1" and a
// separator. With a trunk 0, as in most of Europe and North Africa, 9 to 12 digits:
//   06 12 34 56 78     five pairs with one kind of separator
//   030 1234567        an area code of 2 to 5 digits, and the rest in 1 to 3 groups
//   (030) 1234567, 0171/1234567, 020 7946 0958, 0118-496-0123
// Others by their groups alone, which kGrouped lists. And, alone without separators, ten digits that
// begin with 06 or 07: that is how mobile numbers are typed in Morocco and France, where few numbers
// that are padded with zeros are as large.
#include <algorithm>
#include <string_view>

#include "privacy/detectors/digit_groups.hpp"
#include "privacy/detectors/phone.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigitsMin = 9;
constexpr std::size_t kDigitsMax = 12;
constexpr std::size_t kBareMobileDigits = 10;
constexpr std::size_t kAreaDigitsMin = 2;
constexpr std::size_t kAreaDigitsMax = 5;
constexpr std::size_t kGroupDigitsMin = 2;
constexpr std::size_t kPairs = 5;

bool digits_at(const TextView& text, std::size_t at, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text.at(at + i))) return false;
  }
  return !is_digit(text.at(at + count));
}

// 123-4567 and its like at `at`. `separator` is the one before it: a dot wants a dot.
std::size_t american_rest_end(const TextView& text, std::size_t at, char separator) noexcept {
  if (!digits_at(text, at, 3)) return 0;
  const char second = text.at(at + 3);
  const bool fits = separator == '('   ? second == '-' || second == ' ' || second == '.'
                    : separator == ' ' ? second == '-'
                                       : second == separator;
  return fits && digits_at(text, at + 4, 4) ? at + 8 : 0;
}

std::size_t american_area_end(const TextView& text, std::size_t at) noexcept {
  if (text.at(at) == '(') {
    if (text.at(at + 1) < '2' || !digits_at(text, at + 1, 3) || text.at(at + 4) != ')') return 0;
    return american_rest_end(text, at + (text.at(at + 5) == ' ' ? 6 : 5), '(');
  }
  const char separator = text.at(at + 3);
  if (text.at(at) < '2' || !digits_at(text, at, 3)) return 0;
  if (separator != '-' && separator != '.' && separator != ' ') return 0;
  return american_rest_end(text, at + 4, separator);
}

// # a digit, 2 one of 2 to 9, 3 one of 3 to 9, 6 one of 6 to 9; any other character is itself.
constexpr std::string_view kGrouped[] = {
    "(##) ####-####", "(##) #####-####",  // Brazil
    "13# #### ####",  "13#-####-####",    // China
    "6#### #####",    "6####-#####",      // India
    "`3## #######",                       // Italy, mobile
    "2## 2## ####",                       // North America
    "6## ## ## ##",                       // Spain
};

std::size_t form_end(const TextView& text, std::size_t begin, std::string_view form) noexcept {
  std::size_t at = begin;
  for (std::size_t i = 0; i < form.size(); ++i, ++at) {
    const char c = text.at(at);
    const bool least = form[i] == '2' || form[i] == '3' || form[i] == '6';
    if (form[i] == '`'
            ? c != form[++i]
            : (form[i] == '#' || least ? !is_digit(c) || (least && c < form[i]) : c != form[i]))
      return 0;
  }
  return at;
}

// How two groups of one number are parted: by one character, or by '-' or '/' between two spaces.
// Behind a ')' also a space.
std::size_t separator_bytes(const TextView& text, std::size_t at) noexcept {
  const char c = text.at(at);
  const char next = text.at(at + 1);
  if (c == ')') return next == ' ' || next == '-' ? 2 : 1;
  if (c == ' ' && (next == '-' || next == '/') && text.at(at + 2) == ' ') return 3;
  return c == ' ' || c == '-' || c == '.' || c == '/' ? 1 : 0;
}

bool all_have(const DigitGroups& groups, std::size_t digits) noexcept {
  return std::all_of(groups.groups.begin(), groups.groups.begin() + groups.count,
                     [digits](const auto& group) { return group.digits() == digits; });
}

bool one_separator(const TextView& text, const DigitGroups& groups) noexcept {
  for (std::size_t i = 1; i < groups.count; ++i) {
    if (groups[i].begin != groups[i - 1].end + 1) return false;
    if (text.at(groups[i - 1].end) != text.at(groups[0].end)) return false;
  }
  return true;
}

// A sixth pair, which makes it a dump of bytes: "06 12 34 56 78 9a", but not the day of
// "12/05/2024".
bool pairs_go_on(const TextView& text, std::size_t end, char separator) noexcept {
  const char first = text.at(end + 1);
  const char second = text.at(end + 2);
  const bool pair =
      (is_digit(first) && is_hex_digit(second)) || (is_hex_digit(first) && is_digit(second));
  if (text.at(end) != separator || !pair || is_word(text.at(end + 3))) return false;
  const char behind = text.at(end + 3);
  return behind != '/' && behind != ':' && behind != '.' && behind != '-';
}

bool is_pairs(const TextView& text, const DigitGroups& groups) noexcept {
  return groups.count == kPairs && all_have(groups, 2) && one_separator(text, groups) &&
         !pairs_go_on(text, groups.last().end, text.at(groups[0].end));
}

bool is_area_and_rest(const TextView& text, const DigitGroups& groups) noexcept {
  const std::size_t area = groups[0].digits();
  if (groups.count < 2 || groups.count > 4 || area < kAreaDigitsMin || area > kAreaDigitsMax)
    return false;
  for (std::size_t i = 1; i < groups.count; ++i) {
    if (groups[i].digits() < kGroupDigitsMin) return false;
    const bool dotted = text.at(groups[i - 1].end) == '.';
    if (dotted && groups.count != 3) return false;  // a decimal, or an IP address
  }
  // 08.12.2024 12:30, however it is parted.
  const bool date =
      groups.count > 2 && area == 2 && groups[1].digits() == 2 && groups[2].digits() == 4;
  return !date;
}

bool is_trunk_phone(const TextView& text, const DigitGroups& groups) noexcept {
  if (groups.digits < kDigitsMin || groups.digits > kDigitsMax) return false;
  if (groups.count == 1) {
    const char second = text.at(groups[0].begin + 1);
    return groups.digits == kBareMobileDigits && (second == '6' || second == '7');
  }
  return is_pairs(text, groups) || is_area_and_rest(text, groups);
}

}  // namespace

std::size_t american_phone_end(const TextView& text, std::size_t begin) noexcept {
  if (text.at(begin) != '(' && (is_word(text.before(begin)) || joined_before(text, begin)))
    return 0;
  std::size_t area = begin;
  if (text.at(begin) == '1') {
    const char separator = text.at(begin + 1);
    if (separator != '-' && separator != '.' && separator != ' ') return 0;
    area = begin + 2;
  }
  const std::size_t end = american_area_end(text, area);
  if (end == 0 || !phone_may_end(text, end) || joined_behind(text, end)) return 0;
  return end;
}

std::size_t grouped_phone_end(const TextView& text, std::size_t begin) noexcept {
  for (const std::string_view form : kGrouped) {
    const std::size_t end = form_end(text, begin, form);
    if (end == 0) continue;
    const bool more = text.at(end) == ' ' && is_digit(text.at(end + 1));
    if (is_word(text.before(begin)) || joined_before(text, begin) || joined_behind(text, end) ||
        plain_number_before(text, begin) != 0 || more || !phone_may_end(text, end))
      return 0;
    return end;
  }
  return 0;
}

std::size_t trunk_phone_end(const TextView& text, std::size_t begin) noexcept {
  const bool in_parentheses = text.at(begin) == '(';
  const std::size_t digits = in_parentheses ? begin + 1 : begin;
  if (text.at(digits) != '0' || !is_digit(text.at(digits + 1)) || text.at(digits + 1) == '0')
    return 0;
  if (is_word(text.before(begin)) || joined_before(text, begin)) return 0;
  // Behind a plain number only five pairs are a phone, which their shape shows; behind a pair they
  // are more pairs.
  const std::size_t digits_before = plain_number_before(text, begin);
  if (digits_before == 2 || (digits_before != 0 && is_digit(text.at(digits + 2)))) return 0;

  std::size_t group_begin = digits;
  DigitGroups groups = read_digit_groups(text, digits, kDigitsMax, [&](std::size_t at) {
    if (at - group_begin < kGroupDigitsMin) return std::size_t{0};  // none that follows can help
    const bool closes = text.at(at) == ')';
    const bool closes_here = in_parentheses && at <= digits + kAreaDigitsMax;
    const std::size_t bytes = closes && !closes_here ? 0 : separator_bytes(text, at);
    group_begin = at + bytes;
    return bytes;
  });
  if (groups.count == 0 || (in_parentheses && text.at(groups[0].end) != ')')) return 0;
  for (; groups.digits >= kDigitsMin; groups.drop_last()) {
    if (in_parentheses && groups.count == 1) break;  // "(0612345678)": it begins at the digit
    const std::size_t end = groups.last().end;
    if (is_trunk_phone(text, groups) && phone_may_end(text, end) && !joined_behind(text, end)) {
      return digits_before == 0 || groups.count == kPairs ? end : 0;
    }
  }
  return 0;
}

std::size_t phone_end(const TextView& text, std::size_t begin) noexcept {
  switch (text.at(begin)) {
    case '+':
      return international_phone_end(text, begin);
    case '(':
      return std::max({american_phone_end(text, begin), trunk_phone_end(text, begin),
                       grouped_phone_end(text, begin)});
    case '0':
      return std::max(international_phone_end(text, begin), trunk_phone_end(text, begin));
    default:
      return std::max(american_phone_end(text, begin), grouped_phone_end(text, begin));
  }
}

}  // namespace penstock::privacy
