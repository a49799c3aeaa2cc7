// Which rules can never decide on a field, whatever event comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "privacy/rules/path_rules.hpp"

namespace penstock::privacy {

struct UselessRule {
  enum class Cause : std::uint8_t {
    kEarlierRule,  // `rival` decides on all its fields
    kWholeObject,  // `rival`, a later rule, removes or replaces what holds them
    kOtherRules,   // several together do so
  };

  std::size_t index;
  Cause cause;
  std::size_t rival;  // a rule's index; that of the rule itself for kOtherRules
};

// The first such rule. Any thread; takes milliseconds for 64 long rules.
//
// Walks through all combinations of rules that a path can be in the midst of, with each name that a
// rule has and one that no rule has. Where these are too many, only pairs of rules are compared.
std::optional<UselessRule> find_useless_rule(const PathRules& rules);

}  // namespace penstock::privacy
