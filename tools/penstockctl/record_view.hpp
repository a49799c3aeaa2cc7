// A record of Kafka as a person, or a program, wants to see it. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::ctl {

struct Record {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // Kafka's: when it was produced
  std::optional<std::string> key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;

  std::optional<std::string_view> header(std::string_view name) const;  // the first of that name
};

// One line without its end: time, place, what happened, who, where, details. A rejected event: its
// code, place and reason. Control characters of the event never reach the terminal. `colour`: ANSI
// sequences.
std::string to_pretty(const Record& record, bool colour);

// One JSON object with everything; `value` is a JSON value, or text if it is no JSON.
std::string to_json_line(const Record& record);

// Sorts events as they happened: by their time, those of one install by their seq; what has no time
// by Kafka's.
std::pair<std::string, std::uint64_t> order_of_event(const Record& record);

}  // namespace penstock::ctl
