// penstockctl tail: shows the events that arrive in Kafka.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// Runs within app.parse(); throws std::exception, whose text is for the person who called, when it
// cannot.
void add_tail(CLI::App& app);

}  // namespace penstock::ctl
