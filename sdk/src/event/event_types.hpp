// The types of events that a program has besides UserActivity and DatabaseChange.
#pragma once

#include <algorithm>
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

  // As Purchase; and no name of Penstock's own.
  static bool is_name(std::string_view name) noexcept {
    return wire::is_event_type_name(name) && name != wire::kUserActivity &&
           name != wire::kDatabaseChange;
  }

 private:
  std::vector<std::string> names_;  // few
};

}  // namespace penstock
