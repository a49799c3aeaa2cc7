#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "platform/folder.hpp"
#include "platform/system_failure.hpp"

namespace penstock::platform {

Status make_private_folder(const std::filesystem::path& path) {
  std::error_code error;
  const auto parent = std::filesystem::absolute(path, error).parent_path();
  if (!error) std::filesystem::create_directories(parent, error);
  if (error) return system_failure("cannot create the folder", parent, error.value());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_failure("cannot create the folder", path, errno);
  }
  if (!std::filesystem::is_directory(path, error)) {
    return system_failure("cannot use as a folder", path, error ? error.value() : ENOTDIR);
  }
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    return system_failure("cannot write in the folder", path, errno);
  }
  return {};
}

Result<Folder> Folder::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_failure("cannot open the folder", path, errno);
  return Folder(fd, path);
}

Folder& Folder::operator=(Folder&& other) noexcept {
  std::swap(fd_, other.fd_);
  path_.swap(other.path_);
  return *this;
}

Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

Status Folder::rename(const char* from, const char* to) const {
  if (::renameat(fd_, from, fd_, to) == 0) return {};
  return system_failure("cannot rename to", path_ / to, errno);
}

void Folder::remove(const char* name) const noexcept { ::unlinkat(fd_, name, 0); }

Status Folder::create_empty(const char* name) const {
  const int file = ::openat(fd_, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return system_failure("cannot create", path_ / name, errno);
  ::close(file);
  return {};
}

bool Folder::has(const char* name) const noexcept {
  struct stat status{};
  return ::fstatat(fd_, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Status Folder::shrink(const char* name, std::size_t bytes) const {
  const int file = ::openat(fd_, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  const bool done = file >= 0 && ::ftruncate(file, static_cast<off_t>(bytes)) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!done) return system_failure("cannot shrink", path_ / name, error);
  return {};
}

Status Folder::sync() const {
  if (::fsync(fd_) == 0) return {};
  return system_failure("cannot force to the disk:", path_, errno);
}

}  // namespace penstock::platform
