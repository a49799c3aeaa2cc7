// Whether a folder or file can have come from somebody else: what another user may put into a
// journal would be sent as this program's, and what another user may cut off would end the program
// by SIGBUS.
//
// Of the effective user, also in a setuid program. Any thread.
#pragma once

#include <sys/stat.h>

#include <filesystem>

#include "penstock/status.hpp"

namespace penstock::platform {

// Fails with kIo, whose message says what to do, if `status`, of `path`, belongs to another user,
// or if group or others may write it.
Status check_own(const struct stat& status, const std::filesystem::path& path);

// The same of a file, which must be a regular one that has no second name (a hard link, by which it
// may lie elsewhere).
Status check_own_file(const struct stat& status, const std::filesystem::path& path);

}  // namespace penstock::platform
