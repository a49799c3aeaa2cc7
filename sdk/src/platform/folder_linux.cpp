#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>

#include "platform/folder.hpp"
#include "platform/system_failure.hpp"
#include "platform/trust.hpp"

namespace penstock::platform {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

// Those that are missing, each for this user alone.
Status create_parents(const std::filesystem::path& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (error) return system_failure("cannot create the folder", path, error.value());
  std::filesystem::path parent;
  for (const auto& part : absolute.parent_path()) {
    parent /= part;
    struct stat status{};
    if (::stat(parent.c_str(), &status) == 0) continue;
    if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST)
      return system_failure("cannot create the folder", parent, errno);
  }
  return {};
}

// A link that somebody else has made may lead anywhere; one of the system's is what the system is
// made of.
Status check_link(const std::filesystem::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode) || status.st_uid == 0)
    return {};
  status.st_mode = S_IFLNK;  // a link has no rights of its own
  return check_own(status, path);
}

}  // namespace

// Takes `fd`, or the reason why there is none.
Result<Folder> Folder::checked(int fd, std::filesystem::path path) {
  if (fd < 0) return system_failure("cannot open the folder", path, errno);
  Folder folder(fd, std::move(path));
  struct stat status{};
  if (::fstat(fd, &status) != 0)
    return system_failure("cannot open the folder", folder.path(), errno);
  if (Status own = check_own(status, folder.path()); !own) return own;
  return folder;
}

Result<Folder> Folder::open(const std::filesystem::path& path) {
  if (Status link = check_link(path); !link) return link;
  return checked(::open(path.c_str(), kFolderFlags), path);
}

Result<Folder> Folder::open_or_create(const std::filesystem::path& path) {
  if (Status created = create_parents(path); !created) return created;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return system_failure("cannot create the folder", path, errno);
  auto folder = open(path);
  if (folder && ::faccessat(folder->fd(), ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0)
    return system_failure("cannot write in the folder", path, errno);
  return folder;
}

Result<Folder> Folder::open_folder(const char* name) const {
  return checked(::openat(fd_, name, kFolderFlags | O_NOFOLLOW), path_ / name);
}

Result<Folder> Folder::open_or_create_folder(const char* name) const {
  if (::mkdirat(fd_, name, 0700) != 0 && errno != EEXIST)
    return system_failure("cannot create the folder", path_ / name, errno);
  return open_folder(name);
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
  const int file = ::openat(fd_, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno != EEXIST) return system_failure("cannot create", path_ / name, errno);
  if (file >= 0) ::close(file);
  return {};
}

bool Folder::has(const char* name) const noexcept {
  struct stat status{};
  return ::fstatat(fd_, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::uint64_t Folder::bytes_of(const char* name) const noexcept {
  struct stat status{};
  if (::fstatat(fd_, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::vector<std::string>> Folder::names() const {
  struct Close {
    void operator()(DIR* list) const noexcept { ::closedir(list); }
  };
  const int fd = ::openat(fd_, ".", kFolderFlags);
  if (fd < 0) return system_failure("cannot list", path_, errno);
  const std::unique_ptr<DIR, Close> list(::fdopendir(fd));
  if (!list) {
    const int error = errno;
    ::close(fd);
    return system_failure("cannot list", path_, error);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(list.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return system_failure("cannot list", path_, errno);
  return names;
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
