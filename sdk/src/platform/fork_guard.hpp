// Tells whether this process is still the one that made the object: fork() copies a mapped journal
// and the state of its writer, and two writers of one state would overwrite each other's records.
#pragma once

#include <atomic>

namespace penstock::platform {

// Any thread.
class ForkGuard {
 public:
  // Without memory for it, or on a kernel older than Linux 4.14, it guards nothing.
  ForkGuard() noexcept;
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  // One load, no system call.
  bool same_process() const noexcept {
    return page_ == nullptr || page_->load(std::memory_order_relaxed) != 0;
  }

 private:
  const std::atomic<int>* page_ = nullptr;
};

}  // namespace penstock::platform
