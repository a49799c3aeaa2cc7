#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "platform/file.hpp"
#include "platform/mapped_file.hpp"

namespace penstock::platform {
namespace {

constexpr std::size_t kPageBytes = 4096;  // the smallest there is; larger ones are multiples

// Zero, or the error.
int allocate(int fd, std::size_t bytes) {
  int error = 0;
  do {
    error = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  } while (error == EINTR);
  return error;
}

}  // namespace

Result<MappedFile> MappedFile::create(const std::filesystem::path& path, std::size_t bytes) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure("cannot create", path, errno);
  const int error = allocate(fd, bytes);
  auto file = error == 0
                  ? map(fd, path, bytes)
                  : Result<MappedFile>(system_failure("cannot allocate space for", path, error));
  ::close(fd);
  if (!file) ::unlink(path.c_str());
  if (file) file->populate(0);
  return file;
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, std::size_t bytes_min) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return system_failure("cannot open", path, errno);
  struct stat status{};
  int error = ::fstat(fd, &status) == 0 ? 0 : errno;
  const std::size_t size = std::max(static_cast<std::size_t>(status.st_size), bytes_min);
  if (error == 0) error = allocate(fd, size);  // holes too, that a copy may have made
  auto file = error == 0
                  ? map(fd, path, size)
                  : Result<MappedFile>(system_failure("cannot allocate space for", path, error));
  ::close(fd);
  return file;
}

Result<MappedFile> MappedFile::map(int fd, const std::filesystem::path& path, std::size_t size) {
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return system_failure("cannot map", path, errno);
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

void MappedFile::populate(std::size_t from) const noexcept {
#ifdef MADV_POPULATE_WRITE  // Linux 5.14; without it the first store into each page costs a fault
  const std::size_t begin = from / kPageBytes * kPageBytes;
  if (begin < size_)
    static_cast<void>(::madvise(data_ + begin, size_ - begin, MADV_POPULATE_WRITE));
#else
  static_cast<void>(from);
#endif
}

Status MappedFile::sync(std::size_t bytes) const {
  if (::msync(data_, bytes, MS_SYNC) == 0) return {};
  return system_failure("cannot force to the disk:", "the journal", errno);
}

Status shrink_file(const std::filesystem::path& path, std::size_t bytes) {
  if (::truncate(path.c_str(), static_cast<off_t>(bytes)) == 0) return {};
  return system_failure("cannot shrink", path, errno);
}

}  // namespace penstock::platform
