#include "partition_start.hpp"

#include <algorithm>
#include <utility>

namespace penstock::gateway {

void PartitionStart::set_count(std::int32_t count) {
  if (count <= this->count()) return;
  const std::lock_guard lock(mutex_);
  states_.resize(static_cast<std::size_t>(count), State::kNew);
  over_.store(false, std::memory_order_relaxed);
  count_.store(count, std::memory_order_relaxed);
}

bool PartitionStart::may_go(std::int32_t partition) noexcept {
  const std::lock_guard lock(mutex_);
  if (!std::in_range<std::size_t>(partition) ||
      static_cast<std::size_t>(partition) >= states_.size())
    return true;
  State& state = states_[static_cast<std::size_t>(partition)];
  if (state == State::kFirstOnItsWay) return false;
  if (state == State::kNew) state = State::kFirstOnItsWay;
  return true;
}

void PartitionStart::reported(std::int32_t partition, bool acknowledged) noexcept {
  if (over()) return;
  const std::lock_guard lock(mutex_);
  if (partition < 0) {  // that of another record that is on its way is asked once too often
    std::replace(states_.begin(), states_.end(), State::kFirstOnItsWay, State::kNew);
    return;
  }
  if (static_cast<std::size_t>(partition) >= states_.size()) return;
  State& state = states_[static_cast<std::size_t>(partition)];
  if (state == State::kKnown) return;
  state = acknowledged ? State::kKnown : State::kNew;
  over_.store(
      std::all_of(states_.begin(), states_.end(), [](State each) { return each == State::kKnown; }),
      std::memory_order_relaxed);
}

}  // namespace penstock::gateway
