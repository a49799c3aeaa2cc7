// How track() wakes the sender without a lock: it compares one number, and almost always that is
// all.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>

namespace penstock::transport {

// ring() and wake() any thread; the rest is the sender's.
//
// The bell is a POSIX semaphore: posting it takes no lock and never waits, and the wait is one
// system call on the steady clock (std::counting_semaphore first polls for 128 ms, and keeps an
// idle processor awake).
class Doorbell {
 public:
  Doorbell() noexcept { sem_init(&bell_, 0, 0); }
  ~Doorbell() { sem_destroy(&bell_); }
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  // After the record `seq` is committed. Wakes the sender if it asked for this number or an earlier
  // one. Why no wake is lost: the record's marker is stored before this load, and the sender stores
  // wake_at before it loads the marker again, all four sequentially consistent. One of the two sees
  // the other.
  void ring(std::uint64_t seq) noexcept {
    if (seq >= wake_at_.load(std::memory_order_seq_cst)) wake();
  }

  // For flush and stop: wakes the sender in any case.
  void wake() noexcept {
    wake_at_.store(kNever, std::memory_order_seq_cst);
    sem_post(&bell_);
  }

  // Asks to be woken when `seq` is committed. The sender then looks at the journal once more before
  // wait().
  void arm(std::uint64_t seq) noexcept { wake_at_.store(seq, std::memory_order_seq_cst); }
  void disarm() noexcept { wake_at_.store(kNever, std::memory_order_relaxed); }

  // Until it rings or `deadline`; the clock's maximum means for ever. May return early.
  void wait_until(std::chrono::steady_clock::time_point deadline) noexcept {
    if (deadline == std::chrono::steady_clock::time_point::max()) {
      if (sem_wait(&bell_) != 0) return;
    } else {
      const auto since_start = std::chrono::nanoseconds(deadline.time_since_epoch()).count();
      timespec due{};
      due.tv_sec = static_cast<std::time_t>(since_start / 1'000'000'000);
      due.tv_nsec = static_cast<long>(since_start % 1'000'000'000);
      if (sem_clockwait(&bell_, CLOCK_MONOTONIC, &due) != 0) return;
    }
    while (sem_trywait(&bell_) == 0) {  // several rings are one
    }
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  alignas(64) std::atomic<std::uint64_t> wake_at_{kNever};
  alignas(64) sem_t bell_;
};

}  // namespace penstock::transport
