// A text as it reads once it is masked, for people who want to see that. What is recorded goes through
// mask.hpp, as this does.
#pragma once

#include <string>
#include <string_view>

#include "privacy/rule_set.hpp"

namespace penstock::privacy {

// The value of the JSON string that write_masked() writes: findings replaced, bytes that are not
// UTF-8 too. Throws std::bad_alloc. Any thread.
std::string masked_text(const RuleSet& rules, std::string_view text);

}  // namespace penstock::privacy
