// penstockctl replay: the past of a topic again.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

void add_replay(CLI::App& app);

}  // namespace penstock::ctl
