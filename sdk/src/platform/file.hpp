// Folders, and errors of the system as a Status.
#pragma once

#include <filesystem>
#include <string_view>

#include "penstock/status.hpp"

namespace penstock::platform {

// kStorageFull if the error says that a disk or a quota is full, else kIo; `what` and `path`, the
// system's reason, and the cure where it is known. `error` is a value of errno.
Status system_failure(std::string_view what, const std::filesystem::path& path, int error);

// Creates the folder and its parents, for this user alone, or checks that it is a folder that can
// be used. Any thread.
Status make_private_folder(const std::filesystem::path& path);

// Forces the folder's names to the disk. Fails with kIo.
Status sync_folder(const std::filesystem::path& path);

}  // namespace penstock::platform
