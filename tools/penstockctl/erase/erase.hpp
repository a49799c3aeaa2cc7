// penstockctl erase: what lies in Kafka of a user or an install, and what can be done about it.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// Runs within the parsing; throws std::exception or Interrupted (run_control.hpp) when it does not
// get to its end.
void add_erase(CLI::App& app);

}  // namespace penstock::ctl
