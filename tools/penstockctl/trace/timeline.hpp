// The records of one id in the order in which they happened; as lines for a terminal, and as JSON.
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record_view.hpp"
#include "trace_match.hpp"

namespace penstock::ctl {

// A record read for people. Texts are the client's: whoever shows them escapes them. "": not there.
struct TraceEvent {
  enum class Kind : std::uint8_t { kActivity, kChange, kCustom, kSession, kError, kRejected };

  Record record;
  std::vector<IdField> matched;
  std::int64_t time_ms =
      0;                  // Unix milliseconds: of the event by the client's clock; if it has none
                          // that can be read, of its rejection or arrival
  std::uint64_t seq = 0;  // of the install; 0: none
  Kind kind = Kind::kCustom;
  std::string what;  // activityType; action and recordId; eventType; the code of a rejection
  std::string page, user, session, install;
  std::vector<std::pair<std::string, std::string>> details;
  bool starts_session = false, ends_session = false;

  // By time, those of one install at one time by seq; the rest by place, so that it is stable.
  bool operator<(const TraceEvent& other) const;
};

TraceEvent read_trace_event(Record record, std::vector<IdField> matched);

struct Trace {
  std::string id;
  std::vector<TraceEvent> events;  // sorted
  std::uint64_t left_out = 0;      // that many more match, and are later than these
};

struct TraceFigures {
  std::array<std::uint64_t, kIdFields> matched_as{};  // events, by field
  std::int64_t from_ms = 0, to_ms = 0;
  std::uint64_t sessions = 0, errors = 0, dead_letters = 0;
};
TraceFigures figures_of(const Trace& trace);

// "userId of 38, sessionId of 2".
std::string matched_text(const TraceFigures& figures);
// "2026-11-28 18:32:40.310", UTC.
std::string time_text(std::int64_t unix_ms);
// "0 ms", "1.2 s", "3 m 4 s", "2 h 5 m", "3 d 4 h".
std::string duration_text(std::int64_t ms);
// "1 session", "2 sessions".
std::string counted(std::uint64_t count, std::string_view noun);
// The gateway's name of a topic, without a prefix; another topic's whole name.
std::string short_topic(std::string_view topic);
// "topic[partition]@offset", not escaped.
std::string place_text(const Record& record);
// What is after the last line of a trace that was cut; "" if it was not.
std::string cut_text(const Trace& trace);

// Lines with their ends. Control characters are escaped.
std::string to_timeline(const Trace& trace, bool colour);

// One JSON object, without a line end: id, matchedAs, from, to, events, and leftOut if there is more.
std::string to_trace_json(const Trace& trace);

}  // namespace penstock::ctl
