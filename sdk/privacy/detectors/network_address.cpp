#include "privacy/detectors/network_address.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace penstock::privacy {
namespace {

// --- IPv4

// What stands before a version, as its last letters; in lower case.
constexpr std::string_view kBeforeVersions[] = {"version", "ver", "v",      "build",
                                                "release", "rev", "driver", "firmware"};

bool ends_with_version(const TextView& text, std::size_t end) noexcept {
  return std::any_of(std::begin(kBeforeVersions), std::end(kBeforeVersions),
                     [&](std::string_view word) {
                       for (std::size_t i = 0; i < word.size(); ++i)
                         if ((text.before(end, i + 1) | 0x20) != word[word.size() - 1 - i])
                           return false;
                       return !is_letter(text.before(end, word.size() + 1));
                     });
}

bool is_version(const TextView& text, std::size_t begin, std::size_t end) noexcept {
  std::size_t before = begin;
  while (before > text.edge() && begin - before < 3 &&
         std::string_view(" :=\"'").find(text.before(before)) != std::string_view::npos)
    --before;
  if (ends_with_version(text, before)) return true;
  // "Chrome/120.0.0.0" is a product, "host/10.0.0.1:9092" an address.
  return text.before(begin) == '/' && is_word(text.before(begin, 2)) &&
         !(text.at(end) == ':' && is_digit(text.at(end + 1)));
}

bool joined(const TextView& text, std::size_t begin, std::size_t end) noexcept {
  const char before = text.before(begin), next = text.at(end);
  if (is_word(before) || is_word(next)) return true;
  if (before == '.' && is_word(text.before(begin, 2))) return true;
  if (before == '-' && is_letter(text.before(begin, 2))) return true;
  return next == '.' && is_digit(text.at(end + 1));
}

// --- IPv6

constexpr std::size_t kGroups = 8;

// The end of the hex digits at `begin`, at most four; `begin` if there is none.
std::size_t group_end(const TextView& text, std::size_t begin) noexcept {
  std::size_t end = begin;
  while (end - begin < 4 && is_hex_digit(text.at(end))) ++end;
  return end;
}

bool is_first_group(const TextView& text, std::size_t begin) noexcept {
  const char first = text.at(begin);
  if (first == '2' || first == '3') return true;
  if ((first | 0x20) != 'f') return false;
  const char second = static_cast<char>(text.at(begin + 1) | 0x20);
  const char third = static_cast<char>(text.at(begin + 2) | 0x20);
  if (second == 'c' || second == 'd') return true;
  return second == 'e' && (third == '8' || third == '9' || third == 'a' || third == 'b');
}

// --- MAC

constexpr std::size_t kMacBytes = 17;

bool is_mac(const TextView& text, std::size_t begin, char separator) noexcept {
  for (std::size_t i = 0; i < kMacBytes; ++i) {
    const char c = text.at(begin + i);
    if (i % 3 == 2 ? c != separator : !is_hex_digit(c)) return false;
  }
  const char before = text.before(begin), next = text.at(begin + kMacBytes);
  if (is_word(before) || is_word(next)) return false;
  const bool goes_on = (before == separator && is_hex_digit(text.before(begin, 2))) ||
                       (next == separator && is_hex_digit(text.at(begin + kMacBytes + 1)));
  if (goes_on) return false;
  const char first = static_cast<char>(text.at(begin) | 0x20);
  if (first != '0' && first != 'f') return true;
  for (std::size_t i = 0; i < kMacBytes; ++i)
    if (i % 3 != 2 && (text.at(begin + i) | 0x20) != (first | 0x20)) return true;
  return false;
}

}  // namespace

std::size_t ipv4_end(const TextView& text, std::size_t begin) noexcept {
  std::array<unsigned, 4> numbers{};
  std::size_t at = begin;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t first = at;
    for (; is_digit(text.at(at)) && at - first < 4; ++at)
      numbers[i] = numbers[i] * 10 + static_cast<unsigned>(text.at(at) - '0');
    const bool leading_zero = text.at(first) == '0' && at - first > 1;
    if (at == first || numbers[i] > 255 || leading_zero) return 0;
    if (i + 1 == numbers.size()) break;
    if (text.at(at) != '.') return 0;
    ++at;
  }
  const bool own_machine = numbers[0] == 127 && numbers[1] == 0;
  if (numbers[0] == 0 || own_machine || numbers[0] > 223) return 0;
  if (numbers[2] == 0 && numbers[3] == 0) return 0;
  return joined(text, begin, at) || is_version(text, begin, at) ? 0 : at;
}

std::optional<Extent> ipv6_around(const TextView& text, std::size_t at) noexcept {
  const char next = text.at(at + 1);
  if (next != ':' && !is_hex_digit(next)) return std::nullopt;
  if (at < text.edge() + 4) return std::nullopt;
  const std::size_t begin = at - 4;
  if (group_end(text, begin) != at || !is_first_group(text, begin)) return std::nullopt;
  if (is_word(text.before(begin)) || text.before(begin) == ':') return std::nullopt;
  std::size_t groups = 1;
  bool shortened = false;
  std::size_t end = at;
  while (text.at(end) == ':' && groups < kGroups) {
    std::size_t from = end + 1;
    const bool twice = text.at(from) == ':';
    if (twice && shortened) return std::nullopt;
    if (twice) ++from;
    const std::size_t group = group_end(text, from);
    if (group == from) {
      if (twice) {
        shortened = true;
        end = from;
      }
      break;
    }
    shortened |= twice;
    ++groups;
    end = group;
  }
  if (!shortened && groups < kGroups) return std::nullopt;
  if (is_word(text.at(end)) || (text.at(end) == ':' && is_hex_digit(text.at(end + 1))))
    return std::nullopt;
  return Extent{begin, end};
}

std::optional<Extent> mac_around(const TextView& text, std::size_t at) noexcept {
  if (at < text.edge() + 2 || text.at(at + 3) != ':' || !is_mac(text, at - 2, ':'))
    return std::nullopt;
  return Extent{at - 2, at - 2 + kMacBytes};
}

std::optional<Extent> mac_at(const TextView& text, std::size_t at) noexcept {
  if (text.at(at + 2) != '-' || text.at(at + 5) != '-' || !is_mac(text, at, '-'))
    return std::nullopt;
  return Extent{at, at + kMacBytes};
}

}  // namespace penstock::privacy
