// What the SDK tells about the machine that it runs on: as little as is useful, and no name of it.
#pragma once

#include <string>

namespace penstock::platform {

// Operating system and release, as in "Linux 6.1.0". "unknown" if the system does not tell. Any
// thread.
std::string operating_system_name();

}  // namespace penstock::platform
