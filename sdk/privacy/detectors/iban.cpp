#include "privacy/detectors/iban.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace penstock::privacy {
namespace {

// The IBAN registry of SWIFT, release 99: country and length.
struct Country {
  char code[3];
  unsigned char length;
};
constexpr Country kCountries[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"DZ", 26}, {"EE", 20}, {"EG", 29}, {"ES", 24},
    {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18},
    {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23},
    {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21},
    {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MA", 28}, {"MC", 27}, {"MD", 24}, {"ME", 22},
    {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15},
    {"OM", 23}, {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22},
    {"RU", 33}, {"SA", 24}, {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27},
    {"SN", 28}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29},
    {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}};

constexpr char upper(char c) noexcept { return is_letter(c) ? static_cast<char>(c & ~0x20) : c; }

std::size_t length_of(char first, char second) noexcept {
  const auto* const found =
      std::find_if(std::begin(kCountries), std::end(kCountries), [=](const Country& country) {
        return country.code[0] == upper(first) && country.code[1] == upper(second);
      });
  return found == std::end(kCountries) ? 0 : found->length;
}

// How many bytes at `at` part two groups.
std::size_t separator_bytes(const TextView& text, std::size_t at) noexcept {
  if (text.at(at) == ' ' || text.at(at) == '-') return 1;
  return text.at(at) == '\xC2' && text.at(at + 1) == '\xA0' ? 2 : 0;
}

bool is_alphanumeric(char c) noexcept { return is_digit(c) || is_letter(c); }

// mod 97-10 of the characters, the first four of them moved to the end.
class Check {
 public:
  void add(char c) noexcept {
    rest_ = is_digit(c) ? (rest_ * 10 + static_cast<unsigned>(c - '0')) % 97
                        : (rest_ * 100 + static_cast<unsigned>(upper(c) - 'A') + 10) % 97;
  }
  bool holds() const noexcept { return rest_ == 1; }

 private:
  unsigned rest_ = 0;
};

}  // namespace

std::optional<Extent> iban_at(const TextView& text, std::size_t at) noexcept {
  if (!is_digit(text.at(at + 2)) || !is_digit(text.at(at + 3)) || is_word(text.before(at)))
    return std::nullopt;
  if (!is_letter(text.at(at)) || !is_letter(text.at(at + 1))) return std::nullopt;
  const std::size_t length = length_of(text.at(at), text.at(at + 1));
  if (length == 0) return std::nullopt;

  const bool grouped = separator_bytes(text, at + 4) > 0;
  Check check;
  std::size_t end = at + 4;
  for (std::size_t i = 4; i < length; ++i) {
    if (grouped && i % 4 == 0) {
      const std::size_t bytes = separator_bytes(text, end);
      if (bytes == 0) return std::nullopt;
      end += bytes;
    }
    if (!is_alphanumeric(text.at(end))) return std::nullopt;
    check.add(text.at(end++));
  }
  if (is_word(text.at(end))) return std::nullopt;
  for (std::size_t i = 0; i < 4; ++i) check.add(text.at(at + i));
  if (!check.holds()) return std::nullopt;
  return Extent{at, end};
}

}  // namespace penstock::privacy
