// Whether the options make sense together. Pure.
#pragma once

#include "penstock/options.hpp"
#include "penstock/status.hpp"

namespace penstock {

// kInvalidOption naming the option, what is wrong with it and what it takes. Never quotes the write
// key.
Status check_options(const Options& options);
// The same for the options that decide on an event: event_bytes_max and event_types.
Status check_event_options(const Options& options);

}  // namespace penstock
