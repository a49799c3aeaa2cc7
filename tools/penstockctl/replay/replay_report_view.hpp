// What a replay would do, or has done, for people and for programs. Pure.
#pragma once

#include <string>

#include "replay_run.hpp"

namespace penstock::ctl {

// What both views name.
struct ReplayNames {
  std::string run, from, to;
};

// Control characters are escaped. `would`: of a preview.
std::string to_text(const ReplayReport& report, const ReplayNames& names, bool would);
// One JSON object, a line.
std::string to_json(const ReplayReport& report, const ReplayNames& names, bool would);

}  // namespace penstock::ctl
