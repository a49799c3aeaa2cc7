// Puts what several partitions hold into one order of time, as a merge: each keeps its own order.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace penstock::ctl {

// Items with the same order in their partitions come in the same order, however they arrive: the
// earliest of the first ones, of equal ones that of the lowest partition. One thread at a time.
template <typename Item>
class TimeMerge {
 public:
  explicit TimeMerge(const std::vector<std::int32_t>& partitions)
      : awaited_(partitions.begin(), partitions.end()) {}

  // `partition`: one of the constructor's that has not ended.
  void add(std::int32_t partition, std::int64_t time_ms, Item item) {
    auto& queue = queues_[partition];
    if (queue.empty()) {
      awaited_.erase(partition);
      heads_.emplace(time_ms, partition);
    }
    queue.emplace_back(time_ms, std::move(item));
  }
  // No more of it will be added.
  void end(std::int32_t partition) {
    ended_.insert(partition);
    awaited_.erase(partition);
  }
  bool ended(std::int32_t partition) const { return ended_.contains(partition); }

  // Nothing while a partition that has not ended holds none: an earlier one may come.
  std::optional<Item> next() {
    if (!awaited_.empty() || heads_.empty()) return std::nullopt;
    const auto partition = heads_.top().second;
    heads_.pop();
    auto& queue = queues_.find(partition)->second;
    std::optional<Item> item(std::move(queue.front().second));
    queue.pop_front();
    if (!queue.empty())
      heads_.emplace(queue.front().first, partition);
    else if (!ended(partition))
      awaited_.insert(partition);
    return item;
  }

  bool empty() const noexcept { return heads_.empty(); }
  std::size_t held(std::int32_t partition) const {
    const auto queue = queues_.find(partition);
    return queue == queues_.end() ? 0 : queue->second.size();
  }

 private:
  using Head = std::pair<std::int64_t, std::int32_t>;  // time, partition

  std::map<std::int32_t, std::deque<std::pair<std::int64_t, Item>>> queues_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  std::set<std::int32_t> awaited_, ended_;
};

}  // namespace penstock::ctl
