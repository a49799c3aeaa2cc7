// The rules of privacy/ as the command line changes them.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "privacy/rule_set.hpp"

namespace penstock::ctl {

struct RuleChanges {
  std::vector<std::string> also, without;  // kinds, by their names in kinds.hpp; `without` wins
  std::vector<std::string> remove_fields, allow_fields;
  std::vector<std::string> path_rules = {};  // "<path> <action>", the first that matches decides
  std::vector<std::string> pseudonym_keys = {};  // "<id>=<file>"
};

// An argument of --rule or --pseudonym-key is wrong; what() says which, why and what to do, and
// shows no key.
class WrongRule : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "" for the name of a kind; else a text that lists the names.
std::string kind_fault(const std::string& name);

// The rules that hold by default, with the changes, and with a random salt. Names that are no
// kind's do nothing. Reads the files of keys. Throws WrongRule for what the gateway would refuse at
// start.
privacy::RuleSet rules_with(const RuleChanges& changes);

// True if a rule writes hashes, which depend on the salt.
bool hashes(const privacy::RuleSet& rules) noexcept;

}  // namespace penstock::ctl
