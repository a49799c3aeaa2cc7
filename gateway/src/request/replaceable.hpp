// What a reload replaces while requests go on.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace penstock::gateway {

// Any thread. Whoever has got a value keeps it alive, whatever takes its place.
template <typename Value>
class Replaceable {
 public:
  explicit Replaceable(std::shared_ptr<Value> value) noexcept : value_(std::move(value)) {}

  // Held for two instructions; std::atomic<std::shared_ptr> of libstdc++ holds a lock as well.
  std::shared_ptr<Value> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  // The value that was there ends outside the lock.
  void replace(std::shared_ptr<Value> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Value> value_;
};

}  // namespace penstock::gateway
