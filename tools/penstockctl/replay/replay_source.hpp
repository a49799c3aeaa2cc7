// The records of a replay: as they arrive, or in the order of their time over all partitions.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kafka_handles.hpp"
#include "range_reader.hpp"
#include "replay_state.hpp"
#include "time_merge.hpp"

namespace penstock::ctl {

// One thread at a time.
class ReplaySource {
 public:
  // Starts `reader` on what the state has left of the topic; `reader` outlives this.
  ReplaySource(RangeReader& reader, const std::string& topic, const ReplayState& state,
               bool in_order);

  // Valid until the next call; empty if none arrives within a moment. Throws as
  // RangeReader::next().
  const std::vector<Owned<rd_kafka_message_t>>& next();
  bool finished() const { return reader_.finished() && (!merge_ || merge_->empty()); }

 private:
  void read();
  void hold_up(std::int32_t partition);

  RangeReader& reader_;
  const std::string topic_;
  std::vector<std::int32_t> partitions_;
  std::optional<TimeMerge<Owned<rd_kafka_message_t>>> merge_;
  std::set<std::int32_t> paused_;
  std::vector<Owned<rd_kafka_message_t>> messages_;
};

}  // namespace penstock::ctl
