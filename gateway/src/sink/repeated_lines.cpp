#include "repeated_lines.hpp"

#include <algorithm>
#include <iterator>

namespace penstock::gateway {

std::optional<std::string> RepeatedLines::pass(std::string_view line, Clock::time_point now) {
  std::string kind;
  std::copy_if(line.begin(), line.end(), std::back_inserter(kind),
               [](char c) { return c < '0' || c > '9'; });
  const std::lock_guard lock(mutex_);
  if (kinds_.size() >= kKindsMax) kinds_.clear();
  const auto [at, is_new] = kinds_.try_emplace(std::move(kind), Kind{now});
  Kind& known = at->second;
  if (!is_new && now - known.said < kPeriod) {
    ++known.kept_back;
    return std::nullopt;
  }
  std::string text(line);
  if (known.kept_back > 0)
    text += " (and " + std::to_string(known.kept_back) + " times more since it was last said)";
  known = Kind{now};
  return text;
}

}  // namespace penstock::gateway
