// Errors of the system as a Status.
#pragma once

#include <filesystem>
#include <string_view>

#include "penstock/status.hpp"

namespace penstock::platform {

// kStorageFull if the error says that a disk or a quota is full, else kIo; `what` and `path`, the
// system's reason, and the cure where it is known. `error` is a value of errno. Any thread.
Status system_failure(std::string_view what, const std::filesystem::path& path, int error);

}  // namespace penstock::platform
