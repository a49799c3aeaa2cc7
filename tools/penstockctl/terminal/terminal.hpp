// What the standard output is.
#pragma once

namespace penstock::ctl {

// Whether it is a terminal, and NO_COLOR is not set.
bool wants_colour();

}  // namespace penstock::ctl
