#include <sys/mman.h>

#include <new>

#include "platform/fork_guard.hpp"

namespace penstock::platform {
namespace {
constexpr std::size_t kPageBytes = 4096;
}

// A page that the kernel hands to a child as zeros.
ForkGuard::ForkGuard() noexcept {
  void* page =
      ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (::madvise(page, kPageBytes, MADV_WIPEONFORK) != 0) {
    ::munmap(page, kPageBytes);
    return;
  }
  page_ = new (page) std::atomic<int>(1);
}

ForkGuard::~ForkGuard() {
  if (page_ != nullptr) ::munmap(const_cast<std::atomic<int>*>(page_), kPageBytes);
}

}  // namespace penstock::platform
