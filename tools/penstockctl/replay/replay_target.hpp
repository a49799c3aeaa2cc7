// Where a replay's records go: a topic, a file, a gateway.
#pragma once

#include <librdkafka/rdkafka.h>

#include <optional>

#include "range_reader.hpp"
#include "replay_state.hpp"

namespace penstock::ctl {

// One thread at a time.
class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;
  // Whether the records are to come in the order of their time over all partitions.
  virtual bool in_order() const { return false; }
  // Throws std::runtime_error if nothing can go there.
  virtual void check(RangeReader& reader) = 0;
  // What was noted last; nothing if the run has not begun.
  virtual std::optional<ReplayState> look(RangeReader& reader) = 0;
  // The same, and is ready for put(). Again after Kafka was away; `reader` lives until then.
  virtual std::optional<ReplayState> open(RangeReader& reader) = 0;
  virtual void put(const rd_kafka_message_t& message) = 0;
  // Whether note() should be called now.
  virtual bool full() const = 0;
  // Returns when all that was put, and this state, will last. May add to the state's counts.
  virtual void note(ReplayState& state) = 0;
  // Behind the last note().
  virtual void finish(const ReplayState& state) = 0;
};

}  // namespace penstock::ctl
