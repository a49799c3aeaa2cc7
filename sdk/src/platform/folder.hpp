// A folder that is held open: what is done in it needs no path, so it costs no memory, and goes on
// working when the program changes its working directory.
#pragma once

#include <filesystem>
#include <utility>

#include "penstock/status.hpp"

namespace penstock::platform {

// Creates the folder and its parents, for this user alone, or checks that it is a folder that can
// be used. Any thread.
Status make_private_folder(const std::filesystem::path& path);

// Movable. Immutable: any thread.
class Folder {
 public:
  // Fails with kIo.
  static Result<Folder> open(const std::filesystem::path& path);

  Folder(Folder&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  Folder& operator=(Folder&& other) noexcept;
  ~Folder();

  // Of a file in it. No allocation unless they fail.
  Status rename(const char* from, const char* to) const;
  void remove(const char* name) const noexcept;
  bool has(const char* name) const noexcept;
  // Gives what is behind the first `bytes` back to the file system. It must not be mapped beyond.
  Status shrink(const char* name, std::size_t bytes) const;

  // A file without bytes, or leaves one that is there. Fails with kIo or kStorageFull.
  Status create_empty(const char* name) const;

  // Forces the names in it to the disk. Fails with kIo.
  Status sync() const;

  int fd() const noexcept { return fd_; }
  // As it was when it was opened; for messages.
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Folder(int fd, std::filesystem::path path) noexcept : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::filesystem::path path_;
};

}  // namespace penstock::platform
