// What the sender thread and those who watch it share. append() and its callers touch nothing of it
// but the doorbell.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "https/socket_wait.hpp"
#include "transport/doorbell.hpp"
#include "transport/sender_stats.hpp"
#include "wire/drop_reason.hpp"

namespace penstock::transport {

using platform::Clock;

class SenderControl {
 public:
  // `bell` outlives this object.
  explicit SenderControl(Bell& bell) noexcept : doorbell_(bell) {}

  // --- Any thread -------------------------------------------------------------------------------
  Doorbell& doorbell() noexcept { return doorbell_; }
  https::SocketWait& socket_wait() noexcept { return socket_wait_; }

  SenderStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

  // Asks for all that is in the own journal up to `seq` at once, and for what processes left that
  // are gone. The number to wait for in SenderStats::flushes_seen.
  std::uint64_t request_flush(std::uint64_t seq) {
    std::uint64_t asked = flush_seq_.load();
    while (asked < seq && !flush_seq_.compare_exchange_weak(asked, seq)) {
    }
    const std::uint64_t number = flush_count_.fetch_add(1) + 1;
    doorbell_.wake();
    return number;
  }

  // Asks for what orphans hold to be deleted, cutting off what is under way. The number to wait for
  // in SenderStats::cleanups.
  std::uint64_t request_cleanup(wire::DropReason reason) {
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      cleanup_reason_ = reason;
      number = ++cleanups_requested_;
    }
    socket_wait_.interrupt();
    doorbell_.wake();
    return number;
  }

  // All later batches have this context; as Batcher has it.
  void replace_context(std::string context_json) {
    const std::lock_guard lock(mutex_);
    new_context_ = std::move(context_json);
  }

  void request_stop() noexcept {
    stop_requested_.store(true);
    doorbell_.wake();
  }

  // Waits until the thread is not at it, or `deadline`, and from then on it never is again. False if
  // it still was. `now_left`: by this call.
  bool leave(Clock::time_point deadline, bool& now_left) {
    std::unique_lock lock(mutex_);
    const bool left = changed_.wait_until(lock, deadline, [&] { return !in_service_; });
    now_left = left && !std::exchange(left_, left_ || left);
    finished_ = finished_ || left;
    lock.unlock();
    changed_.notify_all();
    return left;
  }

  bool has_left() const {
    const std::lock_guard lock(mutex_);
    return left_;
  }

  // Until `reached(stats, finished)` or `deadline`; the last answer of `reached`.
  template <typename Condition>
  bool wait_until(Clock::time_point deadline, Condition reached) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return reached(stats_, finished_); });
  }

  // --- The sender -------------------------------------------------------------------------------
  // Around all that the thread does for it. False, and nothing may be done: somebody has left, or
  // it was stopped.
  bool begin_service() noexcept {
    const std::lock_guard lock(mutex_);
    in_service_ = !finished_;
    return in_service_;
  }
  void end_service() noexcept {
    const std::lock_guard lock(mutex_);
    in_service_ = false;
    finished_ = finished_ || stop_requested_.load();  // who asked may have had no time to leave
    changed_.notify_all();  // under the lock: who hears it may destroy this object
  }

  // Nothing unless some were asked for since `done`. Ends the interruption.
  struct Cleanup {
    std::uint64_t number;
    wire::DropReason reason;
  };
  std::optional<Cleanup> take_cleanup(std::uint64_t done) {
    const std::lock_guard lock(mutex_);
    if (cleanups_requested_ == done) return std::nullopt;
    socket_wait_.resume();
    return Cleanup{cleanups_requested_, cleanup_reason_};
  }
  // Nothing unless it was replaced since the last call.
  std::optional<std::string> take_context() {
    const std::lock_guard lock(mutex_);
    return std::exchange(new_context_, std::nullopt);
  }
  bool stop_requested() const noexcept { return stop_requested_.load(); }
  std::uint64_t flush_seq() const noexcept { return flush_seq_.load(); }
  std::uint64_t flush_count() const noexcept { return flush_count_.load(); }

  template <typename Change>
  void publish(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change(stats_);
    }
    changed_.notify_all();
  }

 private:
  Doorbell doorbell_;
  https::SocketWait socket_wait_;
  std::atomic<bool> stop_requested_{false};
  std::atomic<std::uint64_t> flush_seq_{0};
  std::atomic<std::uint64_t> flush_count_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  SenderStats stats_;                                                   // guarded by mutex_
  std::uint64_t cleanups_requested_ = 0;                                // guarded by mutex_
  wire::DropReason cleanup_reason_ = wire::DropReason::kConsentDenied;  // guarded by mutex_
  std::optional<std::string> new_context_;                              // guarded by mutex_
  bool left_ = false;                                                   // guarded by mutex_
  bool in_service_ = false;                                             // guarded by mutex_
  bool finished_ = false;  // guarded by mutex_: the thread touches nothing of ours any more
};

}  // namespace penstock::transport
