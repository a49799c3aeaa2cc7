// A folder that is held open: what is done in it needs no path, so it costs no memory, and goes on
// working when the program changes its working directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::platform {

// Movable. Immutable: any thread.
class Folder {
 public:
  // Fails with kIo, also if others than this user may write in it (trust.hpp), or somebody else has
  // made the symbolic link that `path` is.
  static Result<Folder> open(const std::filesystem::path& path);
  // Creates it and its parents, for this user alone, if they are missing. Fails also if nothing can
  // be written in it.
  static Result<Folder> open_or_create(const std::filesystem::path& path);

  // The same of a folder in it, which must not be a symbolic link.
  Result<Folder> open_folder(const char* name) const;
  Result<Folder> open_or_create_folder(const char* name) const;

  Folder(Folder&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  Folder& operator=(Folder&& other) noexcept;
  ~Folder();

  // Of a file in it. No allocation unless they fail.
  Status rename(const char* from, const char* to) const;
  void remove(const char* name) const noexcept;
  bool has(const char* name) const noexcept;
  // 0 if there is none.
  std::uint64_t bytes_of(const char* name) const noexcept;
  // Of all files and folders in it, in no order.
  Result<std::vector<std::string>> names() const;
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
  static Result<Folder> checked(int fd, std::filesystem::path path);
  Folder(int fd, std::filesystem::path path) noexcept : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::filesystem::path path_;
};

}  // namespace penstock::platform
