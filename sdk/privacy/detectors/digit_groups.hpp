// Digits in groups, as people write long numbers: "4111 1111 1111 1111", "+49 (0)30 1234567".
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "privacy/detectors/text_view.hpp"

namespace penstock::privacy {

struct DigitGroups {
  struct Group {
    std::size_t begin, end;
    std::size_t digits() const noexcept { return end - begin; }
  };
  static constexpr std::size_t kGroupsMax = 20;

  std::array<Group, kGroupsMax> groups;
  std::size_t count = 0;
  std::size_t digits = 0;  // of all groups

  const Group& operator[](std::size_t i) const noexcept { return groups[i]; }
  const Group& last() const noexcept { return groups[count - 1]; }
  void drop_last() noexcept { digits -= groups[--count].digits(); }
};

// The groups from `begin` on, as many as have no more than `digits_max` digits together and lie in
// TextView::kDigitsAtOnce: none if the first has more already. `separator_bytes(at)` says how many
// bytes at `at` part two groups, 0 if they do not.
template <typename SeparatorBytes>
DigitGroups read_digit_groups(const TextView& text, std::size_t begin, std::size_t digits_max,
                              SeparatorBytes separator_bytes) noexcept {
  DigitGroups result;
  const std::uint64_t bits = text.digits_from(begin);
  for (std::size_t at = 0;
       at < TextView::kDigitsAtOnce && result.count < DigitGroups::kGroupsMax;) {
    const auto digits = static_cast<std::size_t>(std::countr_one(bits >> at));
    if (digits == 0 || result.digits + digits > digits_max) break;
    const std::size_t end = at + digits;
    result.groups[result.count++] = {begin + at, begin + end};
    result.digits += digits;

    const std::size_t parted_by = separator_bytes(begin + end);
    if (parted_by == 0) break;
    at = end + parted_by;
  }
  return result;
}

}  // namespace penstock::privacy
