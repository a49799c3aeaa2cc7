#include "in_flight.hpp"

namespace penstock::gateway {

void InFlight::add(Entry& entry) {
  const std::lock_guard lock(mutex_);
  entry.since_ = Clock::now();  // under the lock, so that the list is in the order of time
  entry.older_ = newest_;
  (newest_ != nullptr ? newest_->newer_ : oldest_) = &entry;
  newest_ = &entry;
}

void InFlight::remove(Entry& entry) {
  // Notifies under the lock: the waiter may destroy this object as soon as it is free.
  const std::lock_guard lock(mutex_);
  (entry.older_ != nullptr ? entry.older_->newer_ : oldest_) = entry.newer_;
  (entry.newer_ != nullptr ? entry.newer_->older_ : newest_) = entry.older_;
  if (oldest_ == nullptr) empty_.notify_all();
}

std::optional<InFlight::Clock::time_point> InFlight::oldest() const {
  const std::lock_guard lock(mutex_);
  if (oldest_ == nullptr) return std::nullopt;
  return oldest_->since_;
}

void InFlight::answer_all(const Problem& problem) {
  const std::lock_guard lock(mutex_);
  for (auto* entry = oldest_; entry != nullptr; entry = entry->newer_) entry->answer(problem);
}

bool InFlight::wait_until_empty(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_until(lock, deadline, [this] { return oldest_ == nullptr; });
}

}  // namespace penstock::gateway
