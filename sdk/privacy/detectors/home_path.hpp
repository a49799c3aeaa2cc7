// The names of users in the paths of their homes.
#pragma once

#include <cstddef>
#include <optional>

#include "privacy/detectors/detector.hpp"

namespace penstock::privacy {

// The user's name in the path whose '/' or '\' before "home" or "Users" stands at `at`: /home/anna,
// /Users/anna, C:\Users\anna, C:/Users/anna. Not what is there for all ("Public", "Shared"), and not
// a path in a URL or behind another folder, except for those under which homes are mounted (/var,
// /export, /mnt/c).
std::optional<Extent> home_user_around(const TextView& text, std::size_t at) noexcept;

// The cheap look before.
inline bool home_may_follow(const TextView& text, std::size_t at) noexcept {
  const auto next = static_cast<char>(text.at(at + 1) | 0x20);
  return next == 'h' || next == 'u';
}

}  // namespace penstock::privacy
