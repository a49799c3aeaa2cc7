// A lock between processes, and between clients of one process: an open, locked file.
#pragma once

#include <optional>

#include "penstock/status.hpp"
#include "platform/folder.hpp"

namespace penstock::platform {

// The kernel lets go of it when the object goes, or the process ends, however it ends, also if
// children that fork() made live on. In such a child the object must not be touched. One thread at
// a time.
class FileLock {
 public:
  // Creates the file if it is missing. nullopt: somebody else has it. Fails with kIo, also if the
  // file can have come from somebody else (trust.hpp), or kStorageFull.
  static Result<std::optional<FileLock>> try_take(const Folder& folder, const char* name);

  // The same for a folder itself, whose lock nobody can delete without it. Where the file system
  // has no such lock, it is taken as if it were there.
  static Result<std::optional<FileLock>> try_take_folder(const Folder& folder);

  // Somebody has deleted the file, so that another process can lock one of the same name.
  bool is_gone() const noexcept;

  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) noexcept : fd_(fd) {}
  int lock() const noexcept;  // 0, or an errno
  int fd_;
};

}  // namespace penstock::platform
