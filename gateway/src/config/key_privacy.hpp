// The rules of single keys: what stands in `keys[…].privacy`, joined with the section `privacy`.
#pragma once

#include <string>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

// What is wrong with the privacy parts of the keys, each with the setting's name and the key's id.
// Says nothing about the section `privacy` itself: privacy_errors() does.
std::vector<std::string> key_privacy_errors(const Config& config);

// The options of a key with this part. `common`: rule_set_options(config). Both have no errors.
privacy::RuleSetOptions key_rule_set_options(const privacy::RuleSetOptions& common,
                                             const PrivacyConfig& config,
                                             const KeyPrivacyConfig& part);

}  // namespace penstock::gateway
