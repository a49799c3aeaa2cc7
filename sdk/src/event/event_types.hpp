// The types of events that a program has besides UserActivity and DatabaseChange.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/event_type.hpp"

namespace penstock {

// Immutable: any thread.
class EventTypes {
 public:
  EventTypes() = default;
  // Names that is_name() takes.
  explicit EventTypes(std::vector<std::string> names) noexcept : names_(std::move(names)) {}

  bool contains(std::string_view name) const noexcept {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  // As Purchase: 1 to 64 letters and digits of ASCII, with a capital first. Nobody else's name.
  static bool is_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (name.empty() || name.size() > wire::kEventTypeBytesMax || name[0] < 'A' || name[0] > 'Z')
      return false;
    return name != wire::kUserActivity && name != wire::kDatabaseChange &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  }

 private:
  std::vector<std::string> names_;  // few
};

}  // namespace penstock
