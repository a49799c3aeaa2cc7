#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "platform/file_lock.hpp"
#include "platform/system_failure.hpp"
#include "platform/trust.hpp"

namespace penstock::platform {
namespace {

// The descriptors of all locks of this process. A child of fork() has them too, and a lock would be
// held for as long as that child lives; so it closes them first of all. (A child of clone() or
// _Fork(), which run no handlers, does not.)
class Descriptors {
 public:
  // Never destroyed: clients may live longer than static objects.
  static Descriptors& of_process() {
    static auto* const descriptors = new Descriptors;
    return *descriptors;
  }

  // openat(), but no fork() comes between it and the list. Throws std::bad_alloc.
  int open(const Folder& folder, const char* name, int flags) {
    const std::lock_guard lock(mutex_);
    fds_.reserve(fds_.size() + 1);
    const int fd = ::openat(folder.fd(), name, flags, 0600);
    if (fd >= 0) fds_.push_back(fd);
    return fd;
  }

  void close(int fd) noexcept {
    const std::lock_guard lock(mutex_);
    fds_.erase(std::find(fds_.begin(), fds_.end(), fd));
    ::close(fd);
  }

 private:
  Descriptors() {
    const int error =
        ::pthread_atfork([] { of_process().mutex_.lock(); }, [] { of_process().mutex_.unlock(); },
                         [] { of_process().close_all_in_child(); });
    if (error != 0) throw std::bad_alloc();
  }

  void close_all_in_child() noexcept {
    for (const int fd : fds_) ::close(fd);
    fds_.clear();
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::vector<int> fds_;
};

}  // namespace

// flock() belongs to the open file and not, as fcntl() locks do, to the process: two clients of one
// process must not share a slot either.
Result<std::optional<FileLock>> FileLock::try_take(const Folder& folder, const char* name) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const std::filesystem::path path = folder.path() / name;
  const int fd = Descriptors::of_process().open(folder, name, kFlags);
  if (fd < 0) return system_failure("cannot open the lock file", path, errno);
  FileLock lock(fd);
  struct stat status{};
  if (::fstat(fd, &status) != 0) return system_failure("cannot open the lock file", path, errno);
  if (Status own = check_own_file(status, path); !own) return own;
  const int error = lock.lock();
  if (error == 0) return std::optional<FileLock>(std::move(lock));
  if (error == EWOULDBLOCK) return std::optional<FileLock>();
  return system_failure("cannot lock", path, error);
}

Result<std::optional<FileLock>> FileLock::try_take_folder(const Folder& folder) {
  const int fd =
      Descriptors::of_process().open(folder, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return system_failure("cannot open", folder.path(), errno);
  FileLock lock(fd);
  if (lock.lock() == EWOULDBLOCK) return std::optional<FileLock>();
  return std::optional<FileLock>(std::move(lock));
}

int FileLock::lock() const noexcept {
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

bool FileLock::is_gone() const noexcept {
  struct stat status{};
  return ::fstat(fd_, &status) == 0 && status.st_nlink == 0;
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) Descriptors::of_process().close(fd_);
}

}  // namespace penstock::platform
