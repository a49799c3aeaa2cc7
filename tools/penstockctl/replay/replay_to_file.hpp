// A replay's records as lines of a file, in the order of their time; of equal ones first that of
// the lowest partition. So two runs of the same records make the same file, also if one was killed.
//
// How far it is stands in FILE.progress beside it, until the end.
#pragma once

#include <memory>
#include <string>

#include "replay_run.hpp"

namespace penstock::ctl {

// `whole`: the lines are those of to_json_line(), else the records' values. The file is readable by
// its owner alone. `settings` outlive the target.
std::shared_ptr<ReplayTarget> replay_to_file(const ReplaySettings& settings,
                                             const std::string& path, bool whole);

}  // namespace penstock::ctl
