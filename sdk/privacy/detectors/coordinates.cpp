#include "privacy/detectors/coordinates.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDecimalsMin = 4, kDecimalsMax = 16;

// The end of a number of degrees below `limit`; 0 if there is none at `at`.
std::size_t degrees_end(const TextView& text, std::size_t at, unsigned limit) noexcept {
  if (text.at(at) == '-' || text.at(at) == '+') ++at;
  unsigned degrees = 0;
  const std::size_t first = at;
  for (; is_digit(text.at(at)) && at - first < 4; ++at)
    degrees = degrees * 10 + static_cast<unsigned>(text.at(at) - '0');
  if (at == first || degrees > limit || text.at(at) != '.') return 0;
  const std::size_t decimals = ++at;
  while (is_digit(text.at(at)) && at - decimals <= kDecimalsMax) ++at;
  return at - decimals >= kDecimalsMin && at - decimals <= kDecimalsMax ? at : 0;
}

}  // namespace

std::size_t coordinates_end(const TextView& text, std::size_t begin) noexcept {
  const char before = text.before(begin);
  if (is_word(before) || before == '.' || (is_digit(text.at(begin)) && before == '-')) return 0;
  if (before == ' ' && text.before(begin, 2) == ',' && is_digit(text.before(begin, 3))) return 0;
  if (before == ',' && is_digit(text.before(begin, 2))) return 0;
  std::size_t at = degrees_end(text, begin, 90);
  if (at == 0) return 0;
  const bool parted = text.at(at) == ',' || text.at(at) == ';';
  if (parted) ++at;
  if (text.at(at) == ' ')
    ++at;
  else if (!parted)
    return 0;
  const std::size_t end = degrees_end(text, at, 180);
  if (end == 0 || is_word(text.at(end))) return 0;
  if (text.at(end) == '.' && is_digit(text.at(end + 1))) return 0;
  if (text.at(end) == ',' &&
      (is_digit(text.at(end + 1)) || (text.at(end + 1) == ' ' && is_digit(text.at(end + 2)))))
    return 0;
  return end;
}

}  // namespace penstock::privacy
