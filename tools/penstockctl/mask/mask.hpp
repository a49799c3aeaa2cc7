// penstockctl mask: what texts and events become once they are masked.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// Runs within app.parse(); throws std::exception, whose text is for the person who called, when it
// cannot.
void add_mask(CLI::App& app);

}  // namespace penstock::ctl
