// Which events a replay means. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::ctl {

// An event has to equal one text of each list that is not empty.
struct ReplayFilter {
  std::vector<std::string> users, sessions, correlations;
  std::vector<std::string> types;  // eventType or activityType

  bool empty() const noexcept;
  // `value`: of a record. What is not a JSON object matches the empty filter alone.
  bool matches(std::string_view value) const;
  // False only for values that do not match; looks at bytes alone. A value with a backslash may
  // hold a text escaped, so it counts as one that may match.
  bool may_match(std::string_view value) const noexcept;
};

// What the event is, for tables: its activityType or its action behind its eventType; "not an
// event" if it has neither.
std::string kind_of_event(std::string_view value);

}  // namespace penstock::ctl
