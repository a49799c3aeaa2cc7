#include "faults/oracle/stream_lateness.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace penstock::oracle {
namespace {

// The highest event time in each partition, of one topic.
using Heights = std::map<std::int32_t, std::int64_t>;

}  // namespace

std::unordered_set<std::string> ids_of(const std::vector<LateRecord>& late) {
  std::unordered_set<std::string> ids;
  for (const LateRecord& record : late) ids.insert(record.event_id);
  return ids;
}

AggregateVerdict compare_late(const std::vector<StreamEvent>& events,
                              const std::vector<LateRecord>& records,
                              std::chrono::milliseconds grace) {
  AggregateVerdict verdict;
  std::unordered_map<std::string, const StreamEvent*> by_id;
  for (const StreamEvent& event : events) by_id[event.event_id] = &event;
  std::unordered_set<std::string> seen;
  for (const LateRecord& record : records) {
    const std::string name = "late event " + record.event_id;
    const auto found = by_id.find(record.event_id);
    if (found == by_id.end()) {
      verdict.breach(verdict.invented, name + " was never recorded");
      continue;
    }
    ++verdict.compared;
    if (!seen.insert(record.event_id).second) {
      verdict.breach(verdict.wrong, name + " was written twice");
    } else if (record.content != found->second->content) {
      verdict.breach(verdict.wrong, name + " is not as it was");
    } else if (record.time != found->second->time) {
      verdict.breach(verdict.wrong, name + " is said to be of " + time_text(record.time) +
                                        ", and is of " + time_text(found->second->time));
    } else if (record.watermark - record.time <= grace.count()) {
      verdict.breach(verdict.wrong, name + " is not late at " + time_text(record.watermark));
    }
  }
  return verdict;
}

std::uint64_t count_late_in_vain(const std::vector<StreamEvent>& events,
                                 const std::vector<LateRecord>& late,
                                 const StreamWindows& windows) {
  const auto ids = ids_of(late);
  // Which of two topics is read first is not known, so all of the other one may have been.
  std::array<Heights, 2> whole, so_far;
  for (const StreamEvent& event : events) {
    auto& height = whole[event.change ? 1 : 0][event.partition];
    height = std::max(height, event.time);
  }
  const std::int64_t grace = windows.late_grace.count();
  std::uint64_t count = 0;
  for (const StreamEvent& event : events) {
    auto& height = so_far[event.change ? 1 : 0][event.partition];
    const auto reached = std::max(height, whole[event.change ? 0 : 1][event.partition]);
    const bool by_clock = event.arrived - windows.quiet_after.count() - event.time > grace;
    if (ids.contains(event.event_id) && !by_clock && reached - event.time <= grace) ++count;
    height = std::max(height, event.time);
  }
  return count;
}

}  // namespace penstock::oracle
