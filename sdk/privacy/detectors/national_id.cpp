#include "privacy/detectors/national_id.hpp"

#include <array>
#include <cstdint>

#include "privacy/detectors/digit_groups.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDigitsMax = 15;

// The digits of some groups, without what parts them.
struct Digits {
  std::array<unsigned char, kDigitsMax> of;
  std::size_t count = 0;

  Digits(const TextView& text, const DigitGroups& groups) noexcept {
    for (std::size_t i = 0; i < groups.count; ++i) {
      for (std::size_t at = groups[i].begin; at < groups[i].end; ++at)
        of[count++] = static_cast<unsigned char>(text.at(at) - '0');
    }
  }
  unsigned operator[](std::size_t i) const noexcept { return of[i]; }
  unsigned number(std::size_t from, std::size_t digits) const noexcept {
    unsigned number = 0;
    for (std::size_t i = from; i < from + digits; ++i) number = number * 10 + of[i];
    return number;
  }
};

std::size_t separator_bytes(const TextView& text, std::size_t at) noexcept {
  const char c = text.at(at);
  return (c == ' ' || c == '-' || c == '.') && is_digit(text.at(at + 1)) ? 1 : 0;
}

// The sizes of the groups and what parts them, as one number: "3-2-4" is 0x3'2'4 and "--".
struct Form {
  std::uint32_t sizes = 0;       // a hex digit for each group
  std::uint64_t separators = 0;  // a byte for each

  Form(const TextView& text, const DigitGroups& groups) noexcept {
    for (std::size_t i = 0; i < groups.count; ++i) {
      sizes = sizes << 4 | static_cast<std::uint32_t>(groups[i].digits());
      if (i > 0)
        separators = separators << 8 | static_cast<unsigned char>(text.at(groups[i].begin - 1));
    }
  }
  bool parted_by(char c) const noexcept {
    for (std::uint64_t rest = separators; rest != 0; rest >>= 8) {
      if ((rest & 0xFF) != static_cast<unsigned char>(c)) return false;
    }
    return true;
  }
};

bool is_social_security(const Form& form, const Digits& digits) noexcept {
  if (form.sizes != 0x324 || !form.parted_by('-')) return false;
  const unsigned area = digits.number(0, 3);
  return area != 0 && area != 666 && area < 900 && digits.number(3, 2) != 0 &&
         digits.number(5, 4) != 0;
}

bool is_cpf(const Form& form, const Digits& digits) noexcept {
  if (form.sizes != 0x3332 || form.separators != (0x2E'2E'2D)) return false;  // "..-"
  const auto check = [&](std::size_t count) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += digits[i] * static_cast<unsigned>(count + 1 - i);
    return sum % 11 < 2 ? 0U : 11 - sum % 11;
  };
  return digits[9] == check(9) && digits[10] == check(10);
}

// The dihedral group of ten elements (J. Verhoeff, Error Detecting Decimal Codes, 1969).
bool is_aadhaar(const Form& form, const Digits& digits) noexcept {
  if (form.sizes != 0x444 || digits[0] < 2) return false;
  if (!form.parted_by(' ') && !form.parted_by('-')) return false;
  constexpr std::array<unsigned char, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  unsigned check = 0;
  for (std::size_t i = 0; i < digits.count; ++i) {
    unsigned each = digits[digits.count - 1 - i];
    for (std::size_t times = 0; times < i % 8; ++times) each = kPermutation[each];
    const bool turned = check >= 5;
    const unsigned sum = turned ? check + 10 - each : check + each;
    check = each < 5 ? (turned ? 5 + (check - each) % 5 : (check + each) % 5)
                     : (turned ? (check + 5 - (each - 5)) % 5 : 5 + sum % 5);
  }
  return check == 0;
}

bool is_german_tax_id(const Form& form, const Digits& digits) noexcept {
  if (form.sizes != 0xB && !(form.sizes == 0x2333 && form.parted_by(' '))) return false;
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

bool is_pesel(const Form& form, const Digits& digits) noexcept {
  if (form.sizes != 0xB) return false;
  const unsigned month = digits.number(2, 2) % 20, day = digits.number(4, 2);
  if (month == 0 || month > 12 || day == 0 || day > 31) return false;
  constexpr std::array<unsigned char, 11> kWeights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
  unsigned sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += digits[i] * kWeights[i];
  return sum % 10 == 0;
}

bool is_nir(const Form& form, const Digits& digits) noexcept {
  const bool grouped = form.sizes == 0x1222332 || form.sizes == 0xD2;
  if (form.sizes != 0xF && !(grouped && form.parted_by(' '))) return false;
  if (digits[0] != 1 && digits[0] != 2) return false;
  const unsigned month = digits.number(3, 2);
  if (month == 0 || (month > 12 && month < 20)) return false;
  unsigned rest = 0;
  for (std::size_t i = 0; i < 13; ++i) rest = (rest * 10 + digits[i]) % 97;
  return digits.number(13, 2) == 97 - rest;
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

}  // namespace

std::size_t national_id_end(const TextView& text, std::size_t begin) noexcept {
  DigitGroups groups = read_digit_groups(text, begin, kDigitsMax,
                                         [&](std::size_t at) { return separator_bytes(text, at); });
  // "123-45-6789 12 items": what stands behind a number may look like a group of it.
  for (; groups.count > 0 && groups.digits >= 9; groups.drop_last()) {
    const std::size_t end = groups.last().end;
    const Form form(text, groups);
    const Digits digits(text, groups);
    const bool found = is_social_security(form, digits) || is_cpf(form, digits) ||
                       is_aadhaar(form, digits) || is_german_tax_id(form, digits) ||
                       is_pesel(form, digits) || is_nir(form, digits);
    const bool spaced = (form.separators & 0xFF) == ' ';
    if (found && !joined(text, begin, end, spaced)) return end;
  }
  return 0;
}

}  // namespace penstock::privacy
