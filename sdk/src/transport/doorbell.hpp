// How track() wakes the sender without a lock: it compares one number, and almost always that is
// all.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "transport/bell.hpp"

namespace penstock::transport {

// One client's. ring() and wake() any thread; the rest is the sender's.
class Doorbell {
 public:
  // `bell` is the sending thread's, and outlives this object.
  explicit Doorbell(Bell& bell) noexcept : bell_(bell) {}

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
    rung_.store(true, std::memory_order_seq_cst);  // before the bell: who hears that finds it
    bell_.ring();
  }

  // Asks to be woken when `seq` is committed. The sender then looks at the journal once more before
  // it waits.
  void arm(std::uint64_t seq) noexcept { wake_at_.store(seq, std::memory_order_seq_cst); }
  void disarm() noexcept { wake_at_.store(kNever, std::memory_order_relaxed); }

  // It was this one that rang, since the last call.
  bool take_ring() noexcept { return rung_.exchange(false, std::memory_order_seq_cst); }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  alignas(64) std::atomic<std::uint64_t> wake_at_{kNever};
  alignas(64) std::atomic<bool> rung_{false};
  Bell& bell_;
};

}  // namespace penstock::transport
