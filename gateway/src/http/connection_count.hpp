// How many connections are open, over all threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace penstock::gateway {

// Any thread. Touched once for each connection, so a lock costs nothing.
class ConnectionCount {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }
  std::size_t open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  // False after `timeout`.
  bool wait_until_none(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return open_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
};

}  // namespace penstock::gateway
