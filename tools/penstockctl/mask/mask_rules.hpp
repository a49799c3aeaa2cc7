// The rules of privacy/ as the command line changes them. Pure.
#pragma once

#include <string>
#include <vector>

#include "privacy/rule_set.hpp"

namespace penstock::ctl {

struct RuleChanges {
  std::vector<std::string> also, without;  // kinds, by their names in kinds.hpp; `without` wins
  std::vector<std::string> remove_fields, allow_fields;
};

// "" for the name of a kind; else a text that lists the names.
std::string kind_fault(const std::string& name);

// The rules that hold by default, with the changes. Names that are no kind's do nothing.
privacy::RuleSet rules_with(const RuleChanges& changes);

}  // namespace penstock::ctl
