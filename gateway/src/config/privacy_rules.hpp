// The rules of `privacy:` with the secrets that they need.
#pragma once

#include <string>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

// What is wrong with the rules and their secrets, each with its setting's name. Reads the files.
std::vector<std::string> privacy_errors(const PrivacyConfig& config);

// Which secrets of `config` rules need and do not find: keys of pseudonyms, the salt. Each error
// begins with `where`.
void check_key_uses(const privacy::PathRules& rules, const PrivacyConfig& config,
                    const std::string& where, std::vector<std::string>& errors);
void check_hash_uses(const privacy::PathRules& rules, const PrivacyConfig& config,
                     const std::string& where, std::vector<std::string>& errors);

// The options with what is in the files; as they are where privacy_errors has something to say.
privacy::RuleSetOptions rule_set_options(const PrivacyConfig& config);

}  // namespace penstock::gateway
