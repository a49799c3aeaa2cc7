#include "privacy/detectors/national_id.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigitsMax = 15;

// The digits of a number, without what parts its groups.
class Digits {
 public:
  void append(char digit) noexcept { of_[count_++] = static_cast<unsigned char>(digit - '0'); }
  std::size_t count() const noexcept { return count_; }
  unsigned operator[](std::size_t i) const noexcept { return of_[i]; }
  unsigned number(std::size_t from, std::size_t digits) const noexcept {
    unsigned number = 0;
    for (std::size_t i = from; i < from + digits; ++i) number = number * 10 + of_[i];
    return number;
  }

 private:
  std::array<unsigned char, kDigitsMax> of_;
  std::size_t count_ = 0;
};

bool is_social_security(const Digits& digits) noexcept {
  const unsigned area = digits.number(0, 3);
  return area != 0 && area != 666 && area < 900 && digits.number(3, 2) != 0 &&
         digits.number(5, 4) != 0;
}

bool is_cpf(const Digits& digits) noexcept {
  bool all_same = true;
  for (std::size_t i = 1; i < 11; ++i) all_same &= digits[i] == digits[0];
  if (all_same) return false;
  const auto check = [&](std::size_t count) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += digits[i] * static_cast<unsigned>(count + 1 - i);
    return sum % 11 < 2 ? 0U : 11 - sum % 11;
  };
  return digits[9] == check(9) && digits[10] == check(10);
}

// What Verhoeff's permutation makes of each digit, applied 0 to 7 times.
constexpr auto kPermuted = [] {
  constexpr std::array<unsigned char, 10> kOnce = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  std::array<std::array<unsigned char, 10>, 8> permuted{};
  for (unsigned char digit = 0; digit < 10; ++digit) permuted[0][digit] = digit;
  for (std::size_t times = 1; times < 8; ++times) {
    for (std::size_t digit = 0; digit < 10; ++digit)
      permuted[times][digit] = kOnce[permuted[times - 1][digit]];
  }
  return permuted;
}();

// The dihedral group of ten elements (J. Verhoeff, Error Detecting Decimal Codes, 1969).
constexpr unsigned multiplied(unsigned a, unsigned b) noexcept {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
  return b < 5 ? 5 + (a - b) % 5 : (a + 10 - b) % 5;
}

bool is_aadhaar(const Digits& digits) noexcept {
  if (digits[0] < 2) return false;
  unsigned check = 0;
  for (std::size_t i = 0; i < digits.count(); ++i)
    check = multiplied(check, kPermuted[i % 8][digits[digits.count() - 1 - i]]);
  return check == 0;
}

bool is_german_tax_id(const Digits& digits) noexcept {
  if (digits[0] == 0) return false;
  std::array<unsigned char, 10> seen{};
  unsigned product = 10;
  for (std::size_t i = 0; i < 10; ++i) {
    ++seen[digits[i]];
    const unsigned sum = (digits[i] + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  unsigned repeated = 0;
  for (const unsigned char times : seen) {
    if (times > 3) return false;
    if (times > 1) ++repeated;
  }
  return repeated == 1 && digits[10] == (11 - product) % 10;
}

bool is_pesel(const Digits& digits) noexcept {
  const unsigned month = digits.number(2, 2) % 20, day = digits.number(4, 2);
  if (month == 0 || month > 12 || day == 0 || day > 31) return false;
  constexpr std::array<unsigned char, 11> kWeights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
  unsigned sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += digits[i] * kWeights[i];
  return sum % 10 == 0;
}

bool is_nir(const Digits& digits) noexcept {
  if (digits[0] != 1 && digits[0] != 2) return false;
  const unsigned month = digits.number(3, 2);
  if (month == 0 || (month > 12 && month < 20)) return false;
  unsigned rest = 0;
  for (std::size_t i = 0; i < 13; ++i) rest = (rest * 10 + digits[i]) % 97;
  return digits.number(13, 2) == 97 - rest;
}

bool is_bsn(const Digits& digits) noexcept {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 8; ++i) sum += digits[i] * static_cast<unsigned>(9 - i);
  return sum > digits[8] && (sum - digits[8]) % 11 == 0;
}

bool is_of_eleven(const Digits& digits) noexcept {
  return is_german_tax_id(digits) || is_pesel(digits) || is_cpf(digits);
}

bool is_of_nine(const Digits& digits) noexcept {
  return is_bsn(digits) || is_social_security(digits);
}

// How a number is written, and what must hold of its digits.
struct Form {
  std::array<unsigned char, 7> groups;  // their sizes; 0 behind the last one
  char separator, last_separator;       // between two groups, and before the last one
  bool (*holds)(const Digits&) noexcept;
};
constexpr std::array kForms{
    Form{{3, 2, 4}, '-', '-', is_social_security},
    Form{{3, 2, 4}, ' ', ' ', is_social_security},
    Form{{3, 3, 3, 2}, '.', '-', is_cpf},
    Form{{4, 4, 4}, ' ', ' ', is_aadhaar},
    Form{{4, 4, 4}, '-', '-', is_aadhaar},
    Form{{11}, '\0', '\0', is_of_eleven},
    Form{{2, 3, 3, 3}, ' ', ' ', is_german_tax_id},
    Form{{15}, '\0', '\0', is_nir},
    Form{{13, 2}, ' ', ' ', is_nir},
    Form{{1, 2, 2, 2, 3, 3, 2}, ' ', ' ', is_nir},
};

constexpr std::array kBareForms{
    Form{{9}, '\0', '\0', is_of_nine},
    Form{{4, 2, 3}, '.', '.', is_bsn},
    Form{{12}, '\0', '\0', is_aadhaar},
};

// How many bytes the form takes at `begin`, 0 if what stands there is of another one. Ends with the
// first group that differs.
std::size_t bytes_of(const TextView& text, std::size_t begin, const Form& form) noexcept {
  const std::uint64_t bits = text.digits_from(begin);
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.groups.size() && form.groups[i] != 0; ++i) {
    const std::size_t size = form.groups[i];
    if (static_cast<std::size_t>(std::countr_one(bits >> at)) != size) return 0;
    at += size;
    const bool is_last = i + 1 == form.groups.size() || form.groups[i + 1] == 0;
    if (is_last) return at;
    const bool before_last = i + 2 == form.groups.size() || form.groups[i + 2] == 0;
    if (text.at(begin + at) != (before_last ? form.last_separator : form.separator)) return 0;
    ++at;
  }
  return at;
}

// What stands before or behind makes it a part of something longer; of groups with spaces, one
// more group does.
bool joined(const TextView& text, std::size_t begin, std::size_t end, bool spaced) noexcept {
  const auto joins = [spaced](char c, char beyond) {
    if (c == ' ') return spaced && is_digit(beyond);
    return is_word(c) || ((c == '-' || c == '.' || c == '/' || c == ':') && is_hex_digit(beyond));
  };
  return joins(text.before(begin), text.before(begin, 2)) || joins(text.at(end), text.at(end + 1));
}

template <std::size_t kCount>
std::size_t end_of(const TextView& text, std::size_t begin,
                   const std::array<Form, kCount>& forms) noexcept {
  const auto first = static_cast<std::size_t>(std::countr_one(text.digits_from(begin)));
  for (const Form& form : forms) {
    if (form.groups[0] != first) continue;
    const std::size_t bytes = bytes_of(text, begin, form);
    if (bytes == 0 || joined(text, begin, begin + bytes, form.separator == ' ')) continue;
    Digits digits;
    for (std::size_t i = begin; i < begin + bytes; ++i) {
      if (is_digit(text.at(i))) digits.append(text.at(i));
    }
    if (form.holds(digits)) return begin + bytes;
  }
  return 0;
}

}  // namespace

std::size_t national_id_end(const TextView& text, std::size_t begin) noexcept {
  return end_of(text, begin, kForms);
}

std::size_t bare_national_id_end(const TextView& text, std::size_t begin) noexcept {
  return end_of(text, begin, kBareForms);
}

}  // namespace penstock::privacy
