// penstockctl dlq: the events that the gateway did not take.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// dlq list | show | stats. Runs within app.parse(); throws std::exception, whose text is for the
// person who called, when it cannot.
void add_dlq(CLI::App& app);

}  // namespace penstock::ctl
