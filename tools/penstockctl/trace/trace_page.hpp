// A trace as one HTML file that needs nothing else: no network, no script. Pure.
#pragma once

#include <string>

#include "timeline.hpp"

namespace penstock::ctl {

// Figures, a chart with a lane for each topic, and the events with their JSON. All texts of records
// are escaped; characters that steer a terminal or turn the direction of text are written as \u....
// The page's policy lets a browser load and run nothing. `trace` has at least one event.
std::string to_trace_page(const Trace& trace);

}  // namespace penstock::ctl
