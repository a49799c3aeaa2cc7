#include "privacy/detectors/home_path.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace penstock::privacy {
namespace {

constexpr std::size_t kNameMax = 64;

bool equals(std::string_view text, std::string_view lower) noexcept {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return static_cast<char>(a | 0x20) == b; });
}

bool is_for_all(std::string_view name) noexcept {
  constexpr std::string_view kForAll[] = {"public", "default", "shared", "all"};
  return std::any_of(std::begin(kForAll), std::end(kForAll),
                     [=](std::string_view known) { return equals(name, known); });
}

// What stands before `at`, exactly.
bool follows(const TextView& text, std::size_t at, std::string_view what) noexcept {
  for (std::size_t i = 0; i < what.size(); ++i)
    if (text.before(at, i + 1) != what[what.size() - 1 - i]) return false;
  return true;
}

// A path begins at `at`, or goes on behind what homes are mounted under.
bool begins_path(const TextView& text, std::size_t at) noexcept {
  const char before = text.before(at);
  if (before == ':') return is_letter(text.before(at, 2)) && !is_word(text.before(at, 3));
  if (!is_word(before) && before != '.' && before != '-') return true;
  if (follows(text, at, "/var") || follows(text, at, "/export") || follows(text, at, "/usr"))
    return true;
  return is_letter(before) && text.before(at, 2) == '/';  // /mnt/c, /c
}

bool ends_name(char c) noexcept {
  return c == '/' || c == '\\' || c == '\0' || c == '\n' || c == '\r' || c == '\t' || c == '"' ||
         c == '\'' || c == '<' || c == '>' || c == '|' || c == ':' || c == '*' || c == '?' ||
         c == ',' || c == ';' || c == ')' || c == ']' || c == '`';
}

}  // namespace

std::optional<Extent> home_user_around(const TextView& text, std::size_t at) noexcept {
  const char separator = text.at(at);
  const std::string_view rest = text.text().substr(at + 1, 5);
  std::size_t begin = at;
  if (separator == '/' && rest == "home/") begin = at + 6;
  if (separator == '/' && rest == "Users" && text.at(at + 6) == '/') begin = at + 7;
  if (separator == '\\' && equals(rest, "users")) {
    const char next = text.at(at + 6);
    if (next == '\\') begin = at + 7;
    // Decoded once too often: "\nadia" as a new line and "adia".
    if (next >= '\b' && next <= '\r') begin = at + 6;
  }
  while (begin > at && text.at(begin) == separator && begin - at < kNameMax) ++begin;
  if (begin == at || (separator == '/' && !begins_path(text, at))) return std::nullopt;
  std::size_t end = begin, space = 0;
  if (text.at(end) >= '\b' && text.at(end) <= '\r') ++end;
  while (end - begin < kNameMax && !ends_name(text.at(end))) {
    if (text.at(end) == ' ' && space == 0) space = end;
    ++end;
  }
  // A name with a space only as a part of a path.
  if (space != 0 && text.at(end) != separator) end = space;
  const std::string_view name = text.text().substr(begin, end - begin);
  if (name.empty() || name.front() == '[' || name.front() == ' ' || name.front() == '$' ||
      name.front() == '%' || name.front() == '{' || is_for_all(name))
    return std::nullopt;
  return Extent{begin, end};
}

}  // namespace penstock::privacy
