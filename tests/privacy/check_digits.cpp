#include "privacy/check_digits.hpp"

#include <array>
#include <cstddef>

namespace penstock::corpus {
namespace {

unsigned value(char digit) { return static_cast<unsigned>(digit - '0'); }
char digit(unsigned number) { return static_cast<char>('0' + number); }

unsigned mod97(std::string_view text) {
  unsigned rest = 0;
  for (const char c : text) {
    const bool letter = c >= 'A';
    rest = letter ? rest * 100 + static_cast<unsigned>(c - 'A') + 10 : rest * 10 + value(c);
    rest %= 97;
  }
  return rest;
}

std::string two_digits(unsigned number) { return {digit(number / 10), digit(number % 10)}; }

template <std::size_t kCount>
unsigned weighted(std::string_view digits, const std::array<unsigned, kCount>& weights) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < kCount; ++i) sum += value(digits[i]) * weights[i];
  return sum;
}

}  // namespace

char luhn(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned each = value(digits[digits.size() - 1 - i]);
    sum += i % 2 == 0 ? each * 2 / 10 + each * 2 % 10 : each;
  }
  return digit((10 - sum % 10) % 10);
}

std::string iban_check(std::string_view country, std::string_view account) {
  return two_digits(98 - mod97(std::string(account) + std::string(country) + "00"));
}

char german_tax_check(std::string_view ten) {
  unsigned product = 10;
  for (const char c : ten) {
    unsigned sum = (value(c) + product) % 10;
    if (sum == 0) sum = 10;
    product = sum * 2 % 11;
  }
  return digit((11 - product) % 10);
}

std::string french_nir_key(std::string_view thirteen) {
  std::string number(thirteen);
  if (number[6] == 'A' || number[6] == 'B') {
    number[5] = '1';
    number[6] = number[6] == 'A' ? '9' : '8';
  }
  return two_digits(97 - mod97(number));
}

char spanish_letter(unsigned long number) { return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]; }

char italian_check(std::string_view fifteen) {
  constexpr std::array<unsigned, 26> kOdd = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                             20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  unsigned sum = 0;
  for (std::size_t i = 0; i < fifteen.size(); ++i) {
    const char c = fifteen[i];
    const unsigned order = c >= 'A' ? static_cast<unsigned>(c - 'A') : value(c);
    sum += i % 2 == 0 ? kOdd[order] : order;
  }
  return static_cast<char>('A' + sum % 26);
}

char dutch_check(std::string_view eight) {
  const unsigned rest = weighted<8>(eight, {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return rest == 10 ? '\0' : digit(rest);
}

char polish_check(std::string_view ten) {
  return digit((10 - weighted<10>(ten, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3}) % 10) % 10);
}

std::string brazilian_check(std::string_view nine) {
  const auto of = [](unsigned sum) { return digit(sum % 11 < 2 ? 0 : 11 - sum % 11); };
  const char first = of(weighted<9>(nine, {10, 9, 8, 7, 6, 5, 4, 3, 2}));
  const char second = of(weighted<10>(std::string(nine) + first, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2}));
  return {first, second};
}

// J. Verhoeff, Error Detecting Decimal Codes, 1969: the dihedral group of ten elements.
char verhoeff(std::string_view digits) {
  const auto multiply = [](unsigned a, unsigned b) {
    if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    return b < 5 ? 5 + (a - 5 + 5 - b) % 5 : (a - 5 + 5 - (b - 5)) % 5;
  };
  constexpr std::array<unsigned, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  unsigned check = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    unsigned each = value(digits[digits.size() - 1 - i]);
    for (std::size_t times = 0; times < (i + 1) % 8; ++times) each = kPermutation[each];
    check = multiply(check, each);
  }
  return digit(check < 5 ? (5 - check) % 5 : check);
}

}  // namespace penstock::corpus
