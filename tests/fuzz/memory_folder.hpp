// A folder for a fuzz target that needs files: in memory if the system has such a place, since each
// input costs some.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "check.hpp"

namespace penstock::fuzz {

// Removed at the end, but not after a crash. One thread at a time.
class MemoryFolder {
 public:
  MemoryFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool has_memory = ::access(memory.c_str(), W_OK | X_OK) == 0;
    auto name =
        ((has_memory ? memory : std::filesystem::temp_directory_path()) / "penstock-fuzz.XXXXXX")
            .string();
    PENSTOCK_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~MemoryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Nothing is in it any more.
  const std::filesystem::path& emptied() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      std::filesystem::remove_all(entry.path());
    return path_;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace penstock::fuzz
