// Reads a topic's past for a target, from where the last run was stopped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kafka_access.hpp"
#include "replay_plan.hpp"
#include "replay_state.hpp"

namespace penstock::ctl {

// Of a record that a replay has written to a topic: the name of the run.
inline constexpr const char* kReplayedHeader = "replayed";

struct ReplaySettings {
  KafkaAccess kafka;
  std::string name;                  // of the run
  std::string digest;                // of the order
  std::string topic;                 // the source, its whole name
  std::vector<OffsetRange> offsets;  // none: all
  std::optional<std::int64_t> since_ms, until_ms;
  ReplayFilter filter;
  double per_second_max = 0;  // 0: no limit
  double speed = 0;           // times the pace of the records' times; 0: as fast as can be

  // The consumer group that holds the positions, and the transactional id.
  std::string group() const { return kafka.topic_prefix + "penstockctl-replay-" + name; }
};

class ReplayTarget;  // replay_target.hpp

struct ReplayReport {
  ReplayState state;
  bool was_begun = false;                      // by an earlier run
  bool was_finished = false;                   // by an earlier run: nothing was done
  std::map<std::string, std::uint64_t> codes;  // of what a gateway has rejected in this run
  // Of a preview.
  std::uint64_t read = 0, matched = 0;
  std::map<std::string, std::uint64_t> kinds;     // of matching events
  std::optional<std::int64_t> first_ms, last_ms;  // Kafka's times
};

// Reads what a run would bring, writes nothing. Throws std::runtime_error, Interrupted.
ReplayReport preview_replay(const ReplaySettings& settings, ReplayTarget& target);

// Brings it. Waits out a Kafka that goes away, for two minutes. Throws Interrupted
// (run_control.hpp), or std::runtime_error; what was brought by then is noted, and the text says
// how much.
ReplayReport replay(const ReplaySettings& settings, ReplayTarget& target);

}  // namespace penstock::ctl
