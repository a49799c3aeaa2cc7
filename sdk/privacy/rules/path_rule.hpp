// One rule, read from its line. path_rules.hpp defines the language.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "privacy/rules/actions.hpp"
#include "privacy/rules/path_rules.hpp"

namespace penstock::privacy {

// One name of a path.
struct PathStep {
  std::string_view name = {};  // as written, without quotes; empty for '*'
  bool behind_many = false;    // any number of names may come before: '**'
};

// Shows parts of the line that it was read from.
struct PathRule {
  // At least one. A '**' at the end is left out, since a rule matches what is below anyway;
  // "**" alone is '*'.
  std::array<PathStep, kPathNamesMax> steps;
  std::size_t step_count = 0;
  Action action;
};

// nullptr if `line` was read into `rule`; otherwise what is wrong and what would be right, as it
// follows the rule's number: "has no action; …". Any thread.
const char* read_path_rule(std::string_view line, PathRule& rule);

}  // namespace penstock::privacy
