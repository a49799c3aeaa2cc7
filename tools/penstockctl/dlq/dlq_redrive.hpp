// penstockctl dlq redrive.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// Runs within the parsing; throws std::exception or Interrupted (run_control.hpp) when it does not
// get to its end.
void add_dlq_redrive(CLI::App& dlq);

}  // namespace penstock::ctl
