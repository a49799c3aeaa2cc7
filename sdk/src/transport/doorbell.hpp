// How track() wakes the sender without a lock: it compares one number, and almost always that is all.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <semaphore>

namespace penstock::transport {

// ring() any thread; the rest is the sender's.
class Doorbell {
 public:
  // After the record `seq` is committed. Wakes the sender if it asked for this number or an earlier one.
  // Why no wake is lost: append() changes the journal's cursor with a sequentially consistent read-modify-write
  // before this load, and the sender stores wake_at before it looks at the cursor again. One of the two sees
  // the other.
  void ring(std::uint64_t seq) noexcept {
    if (seq >= wake_at_.load(std::memory_order_seq_cst)) wake();
  }

  // For flush and stop: wakes the sender in any case.
  void wake() noexcept {
    wake_at_.store(kNever, std::memory_order_seq_cst);
    bell_.release();
  }

  // Asks to be woken when `seq` is committed. The sender then looks at the journal once more before wait().
  void arm(std::uint64_t seq) noexcept { wake_at_.store(seq, std::memory_order_seq_cst); }
  void disarm() noexcept { wake_at_.store(kNever, std::memory_order_relaxed); }

  // Until it rings or `deadline`. May return early.
  void wait_until(std::chrono::steady_clock::time_point deadline) noexcept {
    if (!bell_.try_acquire_until(deadline)) return;
    while (bell_.try_acquire()) {}  // several rings are one
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  alignas(64) std::atomic<std::uint64_t> wake_at_{kNever};
  alignas(64) std::counting_semaphore<> bell_{0};
};

}  // namespace penstock::transport
