// Which activities each change must be joined with, beside those that it was joined with. Pure.
#pragma once

#include <chrono>
#include <vector>

#include "faults/oracle/stream_comparison.hpp"
#include "faults/oracle/stream_event.hpp"

namespace penstock::oracle {

inline constexpr std::size_t kJoinedMax = 100;  // activities in one record

// `events`: those that are on time, each once. `records`: of aggregated-events. Where several sets
// of the nearest activities are possible, because some are equally far, each of them is right.
AggregateVerdict compare_joins(const std::vector<StreamEvent>& events,
                               const std::vector<StreamRecord>& records,
                               std::chrono::milliseconds window);

}  // namespace penstock::oracle
