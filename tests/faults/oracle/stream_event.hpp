// What the aggregates of the Streams application are made of: one event as Kafka has it. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace penstock::oracle {

// Texts are empty where the event has none. Times are milliseconds since 1970.
struct StreamEvent {
  std::string event_id, correlation_id, user_id, install_id, session_id;
  std::string activity_type, page_id, element;  // of a UserActivity
  std::string record_id, action;                // of a DatabaseChange
  bool change = false;                          // a DatabaseChange, in db-changes; else an activity
  std::uint64_t seq = 0;                        // 0: it has none
  std::int64_t time = 0;                        // when it happened, by the clocks of the servers
  std::int64_t arrived = 0;                     // when it was written to Kafka
  std::int32_t partition = 0;
  std::size_t content = 0;  // content_of() its record

  // Whose activity it is: the user's, else the install's.
  const std::string& actor() const noexcept { return user_id.empty() ? install_id : user_id; }
  bool is_click() const noexcept { return !change && activity_type == "Click"; }
};

// The time of an event is its timestamp, moved to the gateway's clock; receivedAt if the clock was
// wrong by more than `skew_max`; and never later than its arrival at the gateway and in Kafka.
// Throws nlohmann::json::exception or std::runtime_error if `event` is not as the gateway writes it.
StreamEvent to_stream_event(const nlohmann::json& event, std::int64_t arrived,
                            std::chrono::milliseconds skew_max = std::chrono::hours(24));

// A hash: two records with the same key and value have the same.
std::size_t content_of(std::string_view key, std::string_view value);

// A field's text, empty if it is absent or null; a field's time. Both throw as to_stream_event().
std::string text_of(const nlohmann::json& object, const char* field);
std::int64_t time_of(const nlohmann::json& object, const char* field);
// As time_of() reads it.
std::string time_text(std::int64_t time);

}  // namespace penstock::oracle
