// +<country>… and 00<country>…: 8 to 15 digits (ITU-T E.164), in groups parted by spaces, '.', '-',
// '/' and parentheses, also with the trunk digit "(0)" that is not dialled from abroad.
#include <algorithm>

#include "privacy/detectors/digit_groups.hpp"
#include "privacy/detectors/phone.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigitsMin = 8;
constexpr std::size_t kBareDigitsMin =
    10;  // behind "00" in one run: shorter ones are padded numbers
constexpr std::size_t kWholeNumberDigits =
    11;  // a run as long as this is not an area code: nothing follows
constexpr std::size_t kSeparatorBytesMax = 3;  // " (0" and ") " are the longest in use

// Bit n: the character n behind ' ' is a separator.
constexpr unsigned kSeparators = [] {
  unsigned separators = 0;
  for (const char c : {' ', '.', '-', '/', '(', ')'}) separators |= 1U << (c - ' ');
  return separators;
}();

std::size_t separator_bytes(const TextView& text, std::size_t at) noexcept {
  std::size_t bytes = 0;
  while (bytes < kSeparatorBytesMax) {
    const auto c = static_cast<unsigned char>(text.at(at + bytes));
    if (c < ' ' || c > '/' || (kSeparators >> (c - ' ') & 1U) == 0) break;
    ++bytes;
  }
  return bytes;
}

bool is_trunk_digit(const TextView& text, const DigitGroups::Group& group) noexcept {
  return group.digits() == 1 && text.at(group.begin) == '0' && text.before(group.begin) == '(' &&
         text.at(group.end) == ')';
}

// By the first digits, which ITU-T E.164 assigns: 0, 28, 83 and 89 to nobody, 1 and 7 with a fixed
// length.
bool country_known(char first, char second) noexcept {
  return first != '0' && !(first == '2' && second == '8') &&
         !(first == '8' && (second == '3' || second == '9'));
}
bool has_fixed_length(char first) noexcept { return first == '1' || first == '7'; }
constexpr std::size_t kFixedLength = 11;

// "+45123456.78" is an amount with a sign; "+49.301234567" (RFC 5733) is a number.
bool is_decimal(const TextView& text, const DigitGroups& groups) noexcept {
  return groups.count == 2 && groups[0].digits() > 3 && text.at(groups[0].end) == '.';
}

// `behind_zeros`: "00" and no '+' stands before `begin`, as it also does before other numbers.
std::size_t end_of_digits(const TextView& text, std::size_t begin, bool behind_zeros) noexcept {
  const char first = text.at(begin);
  if (!is_digit(first) || !country_known(first, text.at(begin + 1))) return 0;
  const std::size_t digits_max = has_fixed_length(first) ? kFixedLength : kPhoneDigitsMax;
  // One digit more than allowed, for the trunk digit.
  DigitGroups groups = read_digit_groups(text, begin, digits_max + 1,
                                         [&](std::size_t at) { return separator_bytes(text, at); });
  if (groups.count == 0) return 0;
  const std::size_t first_digits = groups[0].digits();

  for (; groups.count > 0; groups.drop_last()) {
    const bool whole_in_first = groups.count > 1 && first_digits >= kWholeNumberDigits;
    const std::size_t trunk = groups.count > 1 && is_trunk_digit(text, groups[1]) ? 1 : 0;
    const std::size_t digits = groups.digits - trunk;
    const std::size_t digits_min = behind_zeros && groups.count == 1 ? kBareDigitsMin : kDigitsMin;
    if (digits < (has_fixed_length(first) ? kFixedLength : digits_min)) return 0;
    const std::size_t end = groups.last().end;
    if (digits <= digits_max && !whole_in_first && !is_decimal(text, groups) &&
        phone_may_end(text, end) && !(behind_zeros && joined_behind(text, end))) {
      return end;
    }
  }
  return 0;
}

}  // namespace

std::size_t international_phone_end(const TextView& text, std::size_t begin) noexcept {
  if (is_word(text.before(begin))) return 0;
  if (text.at(begin) == '+') return end_of_digits(text, begin + 1, false);

  if (text.at(begin) != '0' || text.at(begin + 1) != '0') return 0;
  if (joined_before(text, begin) || plain_number_before(text, begin) != 0) return 0;
  const std::size_t country = begin + 2 + (is_digit(text.at(begin + 2)) ? 0 : 1);
  if (country != begin + 2 && separator_bytes(text, begin + 2) != 1) return 0;
  return end_of_digits(text, country, true);
}

}  // namespace penstock::privacy
