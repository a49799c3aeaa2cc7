// A replay's positions as committed offsets of its group.
#pragma once

#include <optional>

#include "kafka_handles.hpp"
#include "range_reader.hpp"
#include "replay_run.hpp"
#include "replay_state.hpp"

namespace penstock::ctl {

// Of settings.group(), which `reader` was made for. Nothing if none are committed. Throws
// KafkaAway, std::runtime_error if this user may not know, or they are another program's.
std::optional<ReplayState> committed_state(RangeReader& reader, const ReplaySettings& settings);

Owned<rd_kafka_topic_partition_list_t> offsets_of(const ReplayState& state,
                                                  const ReplaySettings& settings);

}  // namespace penstock::ctl
