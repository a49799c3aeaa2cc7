#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "platform/mapped_file.hpp"
#include "platform/system_failure.hpp"
#include "platform/trust.hpp"

namespace penstock::platform {
namespace {

constexpr std::size_t kPageBytes = 4096;  // the smallest there is; larger ones are multiples
}  // namespace

Result<MappedFile> MappedFile::create(const Folder& folder, const char* name, std::size_t bytes,
                                      Present present) {
  const int fd = ::openat(folder.fd(), name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure("cannot create", folder.path() / name, errno);
  auto file = allocate_and_map(fd, bytes);
  const int error = errno;
  ::close(fd);
  if (!file) {
    folder.remove(name);
    return system_failure("cannot allocate space for", folder.path() / name, error);
  }
  if (present == Present::kYes) file->populate(0, bytes);
  return *std::move(file);
}

Result<MappedFile> MappedFile::open(const Folder& folder, const char* name, std::size_t bytes_min,
                                    std::size_t bytes_max) {
  const std::filesystem::path path = folder.path() / name;
  const int fd =
      ::openat(folder.fd(), name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return system_failure("cannot open", path, errno);
  struct stat status{};
  Status usable = ::fstat(fd, &status) == 0 ? check_own_file(status, path)
                                            : system_failure("cannot open", path, errno);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (usable && bytes > bytes_max) {
    usable = {StatusCode::kIo, path.string() + " has " + std::to_string(bytes) +
                                   " bytes, and never more than " + std::to_string(bytes_max) +
                                   " if it is ours; remove it"};
  }
  std::optional<MappedFile> file;
  if (usable) file = allocate_and_map(fd, std::max(bytes, bytes_min));
  const int error = errno;
  ::close(fd);
  if (!usable) return usable;
  if (!file) return system_failure("cannot allocate space for", path, error);
  return *std::move(file);
}

Result<MappedFile> MappedFile::open_or_create(const Folder& folder, const char* name,
                                              std::size_t bytes) {
  if (!folder.has(name)) {
    auto created = create(folder, name, bytes, Present::kNot);
    if (created || !folder.has(name)) return created;  // else another process was faster
  }
  return open(folder, name, bytes, bytes);
}

// Allocates holes too, that a copy may have made. nullopt: errno says why.
std::optional<MappedFile> MappedFile::allocate_and_map(int fd, std::size_t size) noexcept {
  // A file that grows beyond the limit is a SIGXFSZ, which ends the program.
  struct stat now{};
  if (::fstat(fd, &now) != 0) return std::nullopt;
  rlimit limit{};
  const bool grows = size > static_cast<std::size_t>(now.st_size);
  if (grows && ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && size > limit.rlim_cur) {
    errno = EFBIG;
    return std::nullopt;
  }
  int error = 0;
  do {
    error = ::posix_fallocate(fd, 0, static_cast<off_t>(size));
  } while (error == EINTR);
  errno = error;
  if (error != 0) return std::nullopt;
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return std::nullopt;
  return MappedFile(static_cast<char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Status MappedFile::move_to(const Folder& folder, const char* name) {
  const std::string unfinished = std::string(name) + ".tmp";
  folder.remove(unfinished.c_str());
  auto copy = create(folder, unfinished.c_str(), size_, Present::kNot);
  if (!copy) return copy.status();
  std::memcpy(copy->data_, data_, size_);
  if (Status renamed = folder.rename(unfinished.c_str(), name); !renamed) return renamed;
  return become(*std::move(copy));
}

Status MappedFile::become(MappedFile&& other) noexcept {
  if (::mremap(other.data_, size_, size_, MREMAP_MAYMOVE | MREMAP_FIXED, data_) == MAP_FAILED)
    return {StatusCode::kOutOfMemory, {}};
  other.data_ = nullptr;
  return {};
}

void MappedFile::populate(std::size_t from, std::size_t bytes) const noexcept {
#ifdef MADV_POPULATE_WRITE  // Linux 5.14; without it the first store into each page costs a fault
  const std::size_t begin = from / kPageBytes * kPageBytes;
  const std::size_t end = std::min(size_, from + bytes);
  if (begin < end) static_cast<void>(::madvise(data_ + begin, end - begin, MADV_POPULATE_WRITE));
#else
  static_cast<void>(from);
  static_cast<void>(bytes);
#endif
}

Status MappedFile::sync(std::size_t bytes) const {
  if (::msync(data_, bytes, MS_SYNC) == 0) return {};
  return system_failure("cannot force to the disk:", "the journal", errno);
}

}  // namespace penstock::platform
