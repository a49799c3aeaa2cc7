// Counts the bytes of all segments against the most that they may take. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace penstock::journal {

class DiskBudget {
 public:
  explicit DiskBudget(std::uint64_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  // Takes `bytes` if that many are left.
  bool try_take(std::uint64_t bytes) noexcept {
    std::uint64_t used = used_.load(std::memory_order_relaxed);
    do {
      if (used + bytes > bytes_max_) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  // For what is there already, also if it is more than may be.
  void take(std::uint64_t bytes) noexcept { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void give_back(std::uint64_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

 private:
  const std::uint64_t bytes_max_;
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace penstock::journal
