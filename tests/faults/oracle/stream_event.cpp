#include "faults/oracle/stream_event.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "wire/timestamp.hpp"

namespace penstock::oracle {

std::string text_of(const nlohmann::json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return {};
  return found->get<std::string>();
}

std::int64_t time_of(const nlohmann::json& object, const char* field) {
  const auto text = object.at(field).get<std::string>();
  const auto time = wire::parse_timestamp(text);
  if (!time) throw std::runtime_error(std::string(field) + " is not a time: " + text);
  return *time;
}

std::string time_text(std::int64_t time) {
  std::array<char, wire::kTimestampBytes> text{};
  wire::format_timestamp(time, text.data());
  return {text.data(), text.size()};
}

std::size_t content_of(std::string_view key, std::string_view value) {
  std::string both(key);
  both += '\0';
  both += value;
  return std::hash<std::string>()(both);
}

StreamEvent to_stream_event(const nlohmann::json& event, std::int64_t arrived,
                            std::chrono::milliseconds skew_max) {
  StreamEvent read;
  read.event_id = text_of(event, "eventId");
  read.correlation_id = text_of(event, "correlationId");
  read.user_id = text_of(event, "userId");
  read.install_id = text_of(event, "installId");
  read.session_id = text_of(event, "sessionId");
  read.activity_type = text_of(event, "activityType");
  read.page_id = text_of(event, "pageId");
  read.record_id = text_of(event, "recordId");
  read.action = text_of(event, "action");
  read.change = text_of(event, "eventType") == "DatabaseChange";
  read.seq = event.value("seq", std::uint64_t{0});
  if (const auto details = event.find("details"); details != event.end() && details->is_object())
    read.element = text_of(*details, "element");

  const std::int64_t skew = event.value("clockSkewMs", std::int64_t{0});
  const std::int64_t received = time_of(event, "receivedAt");
  const bool believed = std::abs(skew) <= skew_max.count();
  read.time =
      std::min({believed ? time_of(event, "timestamp") + skew : received, received, arrived});
  read.arrived = arrived;
  return read;
}

}  // namespace penstock::oracle
