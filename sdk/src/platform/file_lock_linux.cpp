#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "platform/file_lock.hpp"
#include "platform/system_failure.hpp"
#include "platform/trust.hpp"

namespace penstock::platform {

// flock() belongs to the open file and not, as fcntl() locks do, to the process: two clients of one
// process must not share a slot either.
Result<std::optional<FileLock>> FileLock::try_take(const Folder& folder, const char* name) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const std::filesystem::path path = folder.path() / name;
  const int fd = ::openat(folder.fd(), name, kFlags, 0600);
  if (fd < 0) return system_failure("cannot open the lock file", path, errno);
  FileLock lock(fd);
  struct stat status{};
  if (::fstat(fd, &status) != 0) return system_failure("cannot open the lock file", path, errno);
  if (Status own = check_own_file(status, path); !own) return own;
  int result = 0;
  do {
    result = ::flock(fd, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return std::optional<FileLock>(std::move(lock));
  if (errno == EWOULDBLOCK) return std::optional<FileLock>();
  return system_failure("cannot lock", path, errno);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace penstock::platform
