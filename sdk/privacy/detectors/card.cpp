#include "privacy/detectors/card.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "privacy/detectors/digit_groups.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigitsMin = 13;
constexpr std::size_t kDigitsMax = 19;

class Number {
 public:
  // Room for kDigitsMax digits must be left: of what is not asked for, up to a word may be
  // overwritten.
  void append(const TextView& text, std::size_t begin, std::size_t digits) noexcept {
    if (begin + digits + kWord <= text.size()) {
      for (std::size_t i = 0; i < digits; i += kWord) {
        std::uint64_t word;
        std::memcpy(&word, text.text().data() + begin + i, kWord);
        word &= 0x0F0F0F0F0F0F0F0FU;
        std::memcpy(&digits_[count_ + i], &word, kWord);
      }
    } else {
      for (std::size_t i = 0; i < digits; ++i)
        digits_[count_ + i] = static_cast<unsigned char>(text.at(begin + i) - '0');
    }
    count_ += digits;
  }
  void append_zero() noexcept { digits_[count_++] = 0; }

  std::size_t count() const noexcept { return count_; }
  unsigned operator[](std::size_t i) const noexcept { return digits_[i]; }

 private:
  static constexpr std::size_t kWord = sizeof(std::uint64_t);

  std::array<unsigned char, kDigitsMax + kWord> digits_;
  std::size_t count_ = 0;
};

// Prefixes of four digits, from first to last, and the lengths of the numbers under them: the
// ranges that the schemes publish. Maestro's are those of its brand alone: 50 and 6x at large
// belong to anything.
struct Issuer {
  unsigned first, last;
  unsigned char length_min, length_max;
};
constexpr Issuer kIssuers[] = {
    {2200, 2204, 16, 19},                                              // Mir
    {2221, 2720, 16, 16},                                              // Mastercard
    {3000, 3059, 14, 14}, {3600, 3699, 14, 14}, {3800, 3899, 14, 14},  // Diners Club
    {3400, 3499, 15, 15}, {3700, 3799, 15, 15},                        // American Express
    {3528, 3589, 16, 16},                                              // JCB
    {4000, 4999, 13, 13}, {4000, 4999, 16, 16}, {4000, 4999, 19, 19},  // Visa
    {5018, 5018, 13, 19}, {5020, 5020, 13, 19}, {5038, 5038, 13, 19},  // Maestro
    {5100, 5599, 16, 16},                                              // Mastercard
    {5893, 5893, 13, 19}, {6304, 6304, 13, 19}, {6759, 6759, 13, 19},  // Maestro
    {6761, 6763, 13, 19},                                              // Maestro
    {6011, 6011, 16, 16}, {6440, 6599, 16, 16},                        // Discover
    {6200, 6299, 16, 19},                                              // UnionPay
};

// For each prefix from kPrefixMin on the lengths of its numbers: bit n is kDigitsMin + n digits.
constexpr unsigned kPrefixMin = 2000;
constexpr unsigned kPrefixMax = 6999;
constexpr auto kLengths = [] {
  std::array<unsigned char, kPrefixMax - kPrefixMin + 1> lengths{};
  for (const Issuer& issuer : kIssuers) {
    for (unsigned prefix = issuer.first; prefix <= issuer.last; ++prefix) {
      for (unsigned length = issuer.length_min; length <= issuer.length_max; ++length) {
        lengths[prefix - kPrefixMin] |= static_cast<unsigned char>(1U << (length - kDigitsMin));
      }
    }
  }
  return lengths;
}();

bool issuer_known(const Number& number) noexcept {
  unsigned prefix = 0;
  for (std::size_t i = 0; i < 4; ++i) prefix = prefix * 10 + number[i];
  return prefix >= kPrefixMin && prefix <= kPrefixMax &&
         (unsigned{kLengths[prefix - kPrefixMin]} >> (number.count() - kDigitsMin) & 1U) != 0;
}

bool luhn_holds(const Number& number) noexcept {
  constexpr unsigned kDoubled[] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
  unsigned sum = 0;
  std::size_t i = number.count();
  for (; i >= 2; i -= 2) sum += number[i - 1] + kDoubled[number[i - 2]];
  if (i == 1) sum += number[0];
  return sum % 10 == 0;
}

bool is_barcode(const Number& number) noexcept {
  if (number.count() != 13) return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < number.count(); ++i) sum += number[i] * (i % 2 == 1 ? 3U : 1U);
  return sum % 10 == 0;
}

// The lengths of groups as one number.
using Shape = std::uint64_t;
constexpr unsigned kShapeBits = 5;
static_assert(kDigitsMax < 1U << kShapeBits);

constexpr Shape shape(std::initializer_list<unsigned> groups) noexcept {
  Shape shape = 0;
  for (const unsigned digits : groups) shape = shape << kShapeBits | digits;
  return shape;
}

Shape shape(const DigitGroups& groups) noexcept {
  Shape shape = 0;
  for (std::size_t i = 0; i < groups.count; ++i) shape = shape << kShapeBits | groups[i].digits();
  return shape;
}

bool is_printed_shape(const DigitGroups& groups) noexcept {
  const Shape printed = shape(groups);
  return groups.count == 1 || printed == shape({4, 4, 4, 4}) || printed == shape({4, 6, 5}) ||
         printed == shape({4, 6, 4}) || printed == shape({4, 4, 4, 4, 3}) ||
         printed == shape({6, 13});
}

bool joins(char separator) noexcept { return separator == ' ' || separator == '-'; }

// Groups that nobody prints have this many digits, except for the last.
constexpr std::size_t kGroupDigitsMin = 3;

// Groups that nobody prints: only if nothing is joined to them, or they are a part of some other
// sequence.
bool joined_in_front(const TextView& text, std::size_t begin) noexcept {
  return (joins(text.before(begin)) && is_digit(text.before(begin, 2))) ||
         (text.before(begin) == '-' && is_word(text.before(begin, 2)));
}
bool joined_at_end(const TextView& text, std::size_t end) noexcept {
  return (joins(text.at(end)) && is_digit(text.at(end + 1))) ||
         (text.at(end) == '-' && is_word(text.at(end + 1)));
}

// ".0" is none: so languages without integers write whole numbers.
bool has_fraction(const TextView& text, std::size_t end) noexcept {
  if (text.at(end) != '.' || !is_digit(text.at(end + 1))) return false;
  return text.at(end + 1) != '0' || is_word(text.at(end + 2));
}

bool is_card(const TextView& text, const DigitGroups& groups, bool free_in_front) noexcept {
  const std::size_t end = groups.last().end;
  if (is_word(text.at(end)) || has_fraction(text, end)) return false;
  const bool shape_fits = is_printed_shape(groups) || (free_in_front && !joined_at_end(text, end));
  if (!shape_fits) return false;

  Number number;
  for (std::size_t i = 0; i < groups.count; ++i) {
    number.append(text, groups[i].begin, groups[i].digits());
  }
  return issuer_known(number) && luhn_holds(number) && !is_barcode(number);
}

// The end of 4.111111111111111E15, as some languages print a double, if it is a card's number; else
// 0. A '.' follows `begin`.
std::size_t exponent_card_end(const TextView& text, std::size_t begin) noexcept {
  const auto fraction = static_cast<std::size_t>(std::countr_one(text.digits_from(begin + 2)));
  if (fraction + 1 > kDigitsMax) return 0;
  std::size_t at = begin + 2 + fraction;
  if ((text.at(at) | 0x20) != 'e') return 0;
  at += text.at(at + 1) == '+' ? 2U : 1U;
  std::size_t exponent = 0;
  for (std::size_t digits = 0; is_digit(text.at(at)); ++at, ++digits) {
    if (digits == 2) return 0;
    exponent = exponent * 10 + static_cast<std::size_t>(text.at(at) - '0');
  }
  // The digits that it has, and zeros behind them; a fraction is not a card.
  if (exponent < fraction || exponent + 1 > kDigitsMax || is_word(text.at(at))) return 0;
  if (exponent + 1 < kDigitsMin) return 0;
  Number number;
  number.append(text, begin, 1);
  number.append(text, begin + 2, fraction);
  while (number.count() < exponent + 1) number.append_zero();
  return issuer_known(number) && luhn_holds(number) && !is_barcode(number) ? at : 0;
}

}  // namespace

std::size_t card_end(const TextView& text, std::size_t begin) noexcept {
  if (text.at(begin) < '2' || text.at(begin) > '6')
    return 0;  // no issuer begins with another digit
  if (is_word(text.before(begin))) return 0;
  if (text.before(begin) == '.' && is_digit(text.before(begin, 2))) return 0;

  if (text.at(begin + 1) == '.') return exponent_card_end(text, begin);

  const bool free_in_front = !joined_in_front(text, begin);
  char separator = 0;  // the first one binds the others
  std::size_t group_begin = begin;
  DigitGroups groups = read_digit_groups(text, begin, kDigitsMax, [&](std::size_t at) {
    // A shorter group is the last one; and no group of another length begins a printed shape.
    const std::size_t digits = at - group_begin;
    const bool more = digits >= kGroupDigitsMin &&
                      (group_begin != begin || free_in_front || digits == 4 || digits == 6);
    if (!more || !joins(text.at(at))) return 0U;
    if (separator == 0) separator = text.at(at);
    group_begin = at + 1;
    return text.at(at) == separator ? 1U : 0U;
  });
  for (; groups.digits >= kDigitsMin; groups.drop_last()) {
    if (is_card(text, groups, free_in_front)) return groups.last().end;
  }
  return 0;
}

}  // namespace penstock::privacy
