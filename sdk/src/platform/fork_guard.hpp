// Tells whether this process is still the one that made the object: fork() copies a mapped journal
// and the state of its writer, and two writers of one state would overwrite each other's records;
// and it copies locks that nobody is there to unlock.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <atomic>

namespace penstock::platform {

// Any thread.
class ForkGuard {
 public:
  ForkGuard() noexcept;
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  // One load, no system call; but a call of getpid() where the kernel wipes no page at fork()
  // (older than Linux 4.14, some sandboxes).
  bool same_process() const noexcept {
    return page_ != nullptr ? page_->load(std::memory_order_relaxed) != 0 : ::getpid() == made_by_;
  }

 private:
  const std::atomic<int>* page_ = nullptr;
  const pid_t made_by_ = ::getpid();
};

}  // namespace penstock::platform
