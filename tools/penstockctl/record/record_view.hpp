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

struct ViewSettings {
  bool colour = false;           // ANSI sequences
  std::size_t place_width = 21;  // see place_width_of()
};

// `text` without anything that could steer a terminal: its control characters are escaped.
std::string plain(std::string_view text);
// `text` cut to `width` characters, with an ellipsis at its end, or filled up with spaces.
std::string to_width(std::string_view text, std::size_t width);

// What "topic[partition]@offset" takes where these topics are shown.
std::size_t place_width_of(const std::vector<std::string>& topics);

// The heads of the columns of to_pretty().
std::string pretty_heads(const ViewSettings& view);

// One line without its end: time, place, what happened, who, where, details. A rejected event: its
// code, place and reason. What is longer than its column is cut, and ends with an ellipsis. Control
// characters of the event never reach the terminal.
std::string to_pretty(const Record& record, const ViewSettings& view);

// One JSON object with everything; `value` is a JSON value, or text if it is not JSON.
std::string to_json_line(const Record& record);

// Sorts events as they happened: by their time, those of one install by their seq; what has no time
// by Kafka's.
std::pair<std::string, std::uint64_t> order_of_event(const Record& record);

}  // namespace penstock::ctl
