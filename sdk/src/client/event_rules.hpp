// What options say about an event. A client and the preview (preview.cpp) both ask here, so that
// they cannot differ.
#pragma once

#include <cstddef>

#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "privacy/rule_set.hpp"

namespace penstock {

// Which fields and texts are masked. Throws std::bad_alloc.
privacy::RuleSet make_rules(const Options& options);

// kTooLarge, for an event of more than `bytes_max` bytes. Throws std::bad_alloc.
Status too_large_event(std::size_t bytes_max);

}  // namespace penstock
