// penstockctl trace: everything of one id, over all topics, as it happened.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// Runs within app.parse(); throws std::exception, whose text is for the person who called, when it
// cannot.
void add_trace(CLI::App& app);

}  // namespace penstock::ctl
