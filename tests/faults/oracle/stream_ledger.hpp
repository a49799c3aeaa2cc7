// What the aggregates of the Streams application must be, computed from the events themselves,
// against what its topics hold. Pure: it can be tested without Kafka.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "faults/oracle/stream_comparison.hpp"
#include "faults/oracle/stream_event.hpp"
#include "faults/oracle/stream_lateness.hpp"

namespace penstock::oracle {

struct StreamTopics {
  std::vector<StreamRecord> activity, clicks, joins, sessions;
  std::vector<LateRecord> late;
};

// How many events must be in an aggregate (for the join: how many changes), and how many are.
struct Counted {
  std::uint64_t expected = 0, counted = 0;
};

struct StreamVerdict {
  AggregateVerdict activity, clicks, joins, sessions;
  // Compared: the records of late-events. A wrong one was not late, or is not as it was.
  AggregateVerdict late;
  // Late events that came in time, into partitions that were not ahead of them: the application
  // held a partition to be quiet in which they lay. Its own fault, though no aggregate is wrong.
  std::uint64_t late_in_vain = 0;
  std::vector<std::string> examples() const;
  std::uint64_t broken() const noexcept;
};

class StreamLedger {
 public:
  // `events`: all of user-activity and db-changes, by topic, partition and offset. Of an eventId the
  // first counts.
  StreamLedger(std::vector<StreamEvent> events, const StreamWindows& windows);

  std::uint64_t events() const noexcept { return events_.size(); }  // each eventId once
  std::uint64_t duplicates() const noexcept { return duplicates_; }

  // Whether all that is on time is counted, and where not: cheap, to wait for the end. A record
  // that cannot be read counts nothing.
  struct Progress {
    Counted activity, clicks, joins, sessions;
    bool complete() const noexcept;
  };
  Progress progress(const StreamTopics& topics) const;

  StreamVerdict judge(const StreamTopics& topics) const;

 private:
  std::vector<StreamEvent> on_time(const std::vector<LateRecord>& late) const;

  std::vector<StreamEvent> events_;
  StreamWindows windows_;
  std::uint64_t duplicates_ = 0;
};

}  // namespace penstock::oracle
