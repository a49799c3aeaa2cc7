// The constant context that travels once with each batch.
#pragma once

#include <string>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "privacy/rule_set.hpp"

namespace penstock {

// A JSON object of app, version, os and what Options::context adds (which wins), masked by `rules`.
// Fails with kInvalidOption if there are too many fields or one is too long.
Result<std::string> make_batch_context(const Options& options, const privacy::RuleSet& rules);

}  // namespace penstock
