// What a recorder process says about itself in shared memory, so that kill -9 leaves it readable:
// the kernel keeps every store that was made.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace penstock::oracle {

inline constexpr std::size_t kThreads = 2;  // that record in one process

// The events of one thread are numbered from 1. `intended` is raised before track(), `returned`
// after it said ok; a refused event is tried again under its number. So 1..returned must be in
// Kafka, and nothing above intended may be.
struct ThreadProgress {
  std::atomic<std::uint64_t> intended, returned, refused;
};
using Progress = std::array<ThreadProgress, kThreads>;

// A mapping of the file, made with zeros if it is missing. One process writes; any may read. Throws
// system_error.
class ProgressFile {
 public:
  explicit ProgressFile(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ::ftruncate(fd, sizeof(Progress)) != 0) fail("cannot make the progress file");
    void* mapping = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (mapping == MAP_FAILED) fail("cannot map the progress file");
    progress_ = static_cast<Progress*>(mapping);
  }
  ~ProgressFile() { ::munmap(progress_, sizeof(Progress)); }
  ProgressFile(const ProgressFile&) = delete;
  ProgressFile& operator=(const ProgressFile&) = delete;

  ThreadProgress& of_thread(std::size_t thread) noexcept { return (*progress_)[thread]; }

 private:
  [[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  Progress* progress_ = nullptr;
};

}  // namespace penstock::oracle
