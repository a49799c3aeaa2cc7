#include "privacy/name_masks.hpp"

#include <algorithm>
#include <charconv>

namespace penstock::privacy {
namespace {

// 1 for "[email]", 2 for "[email 2]"; the highest in `json`, 0 for none. Numbers of more digits
// than these are not ours.
std::uint64_t highest_number(std::string_view json, std::string_view mask) noexcept {
  constexpr std::size_t kDigitsMax = 15;
  const std::string_view opening = mask.substr(0, mask.size() - 1);
  std::uint64_t highest = 0;
  for (auto at = json.find(opening); at != json.npos; at = json.find(opening, at)) {
    at += opening.size();
    const std::string_view rest = json.substr(at, 1 + kDigitsMax + 1);
    std::uint64_t number = 1;
    std::size_t end = 0;
    if (rest.starts_with(' ')) {
      const auto parsed = std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
      end = static_cast<std::size_t>(parsed.ptr - rest.data());
    }
    if (rest.substr(end).starts_with(']')) highest = std::max(highest, number);
  }
  return highest;
}

}  // namespace

std::string_view NameMasks::next(Kind kind, std::string_view json) noexcept {
  const std::string_view mask = mask_of(kind);
  std::uint64_t& next = next_[static_cast<std::size_t>(kind)];
  if (next == 0) next = highest_number(json, mask) + 1;
  const std::uint64_t number = next++;
  if (number == 1) return mask;
  std::size_t size = mask.copy(text_.data(), mask.size() - 1);
  text_[size++] = ' ';
  const auto written = std::to_chars(text_.data() + size, text_.data() + text_.size() - 1, number);
  size = static_cast<std::size_t>(written.ptr - text_.data());
  text_[size++] = ']';
  return {text_.data(), size};
}

}  // namespace penstock::privacy
