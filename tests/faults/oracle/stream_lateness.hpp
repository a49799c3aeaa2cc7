// Which events were late, and whether they were. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "faults/oracle/stream_comparison.hpp"
#include "faults/oracle/stream_event.hpp"

namespace penstock::oracle {

// As the application's settings of the same names.
struct StreamWindows {
  std::chrono::milliseconds activity, clicks, join, session_idle, late_grace, quiet_after;
};

// One record of late-events.
struct LateRecord {
  std::string event_id;
  std::size_t content = 0;     // content_of() it
  std::int64_t time = 0;       // its header eventTime
  std::int64_t watermark = 0;  // its header watermark
};

std::unordered_set<std::string> ids_of(const std::vector<LateRecord>& late);

// Each late event once, none invented, each as it was, and late by what its headers say. `events`:
// each once.
AggregateVerdict compare_late(const std::vector<StreamEvent>& events,
                              const std::vector<LateRecord>& records,
                              std::chrono::milliseconds grace);

// Late events that came in time, into partitions that were not ahead of them: see StreamVerdict.
std::uint64_t count_late_in_vain(const std::vector<StreamEvent>& events,
                                 const std::vector<LateRecord>& late, const StreamWindows& windows);

}  // namespace penstock::oracle
