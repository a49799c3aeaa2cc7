// What options say about an event. A client and the preview (preview.cpp) both ask here, so that
// they cannot differ.
#pragma once

#include <cstddef>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "privacy/rule_set.hpp"

namespace penstock {

// Which fields and texts are masked, without the salt. Fails with kInvalidOption, whose message
// names the option. Throws std::bad_alloc.
Result<privacy::RuleSetOptions> rule_options(const Options& options);

// True if a rule hashes, which needs a salt.
bool needs_salt(const privacy::RuleSetOptions& rules) noexcept;

// kTooLarge, for an event of more than `bytes_max` bytes. Throws std::bad_alloc.
Status too_large_event(std::size_t bytes_max);

}  // namespace penstock
