// The first record of a producer in each partition flies alone.
//
// A partition that knows a producer refuses a request that does not follow the last one. One that
// does not know it yet takes any: if the first request fails (the partition is being made, or
// moves) and the one behind it is taken, the first record can only come behind the others when its
// client sends it again. So none goes behind the first one before that is acknowledged.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace penstock::gateway {

// Any thread.
class PartitionStart {
 public:
  // As the brokers say; may grow. Until it is known, every record may go.
  void set_count(std::int32_t count);
  std::int32_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

  // Every partition knows the producer: nobody needs to ask.
  bool over() const noexcept { return over_.load(std::memory_order_relaxed); }
  // Whether a record may be sent to the partition now. If it is the first one, no other may until
  // reported().
  bool may_go(std::int32_t partition) noexcept;
  // What became of a record, or that it was not sent after all. -1: it never got a partition.
  void reported(std::int32_t partition, bool acknowledged) noexcept;

 private:
  enum class State : std::uint8_t { kNew, kFirstOnItsWay, kKnown };

  std::atomic<std::int32_t> count_{0};
  std::atomic<bool> over_{false};
  std::mutex mutex_;  // guards the next one
  std::vector<State> states_;
};

}  // namespace penstock::gateway
