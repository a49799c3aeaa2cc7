// Whether each session that lies in Kafka has one start and one end. Pure: it can be tested without
// either.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace penstock::oracle {

// One SessionStart or SessionEnd read from Kafka.
struct SessionRecord {
  std::string session_id, event_id;
  std::string end_reason;  // empty: a start
};

struct SessionVerdict {
  std::uint64_t started = 0;
  std::map<std::string, std::uint64_t> ended;  // by reason
  // Each of these breaks a promise.
  std::uint64_t without_end = 0;
  std::uint64_t without_start = 0;
  std::uint64_t started_twice = 0, ended_twice = 0;  // under another eventId

  std::uint64_t broken() const noexcept {
    return without_end + without_start + started_twice + ended_twice;
  }
};

SessionVerdict compare_sessions(const std::vector<SessionRecord>& records);

}  // namespace penstock::oracle
