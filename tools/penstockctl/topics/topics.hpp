// penstockctl topics: the topics of Penstock from a file.
#pragma once

#include <CLI/App.hpp>

namespace penstock::ctl {

// topics plan | apply. Runs within app.parse(); throws CLI::RuntimeError with the exit code when
// that is not 0 and all is said, std::exception, whose text is for the person who called, when it
// cannot.
void add_topics(CLI::App& app);

}  // namespace penstock::ctl
