#include "session/session_event.hpp"

#include <algorithm>

#include "wire/event_type.hpp"
#include "wire/limits.hpp"
#include "wire/timestamp.hpp"

namespace penstock::session {
namespace {

constexpr std::string_view name_of(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::kClosed:
      return "closed";
    case EndReason::kIdle:
      return "idle";
    case EndReason::kKilled:
      break;
  }
  return "killed";
}

void write_identifier(std::string_view prefix, std::string_view json,
                      wire::JsonWriter& out) noexcept {
  if (json.empty()) return;
  out.raw(prefix);
  out.raw(json);
}

void write_head(std::string_view activity, const Who& who, std::string_view page,
                std::int64_t at_unix_ms, wire::JsonWriter& out) noexcept {
  char timestamp[wire::kTimestampBytes];
  wire::format_timestamp(std::max<std::int64_t>(0, at_unix_ms), timestamp);
  out.raw(R"({"eventType":"UserActivity","timestamp":")");
  out.raw({timestamp, sizeof timestamp});
  out.raw('"');
  write_identifier(R"(,"userId":)", who.user, out);
  write_identifier(R"(,"sessionId":)", who.session, out);
  write_identifier(R"(,"pageId":)", page, out);
  out.raw(R"(,"activityType":")");
  out.raw(activity);
  out.raw('"');
}

// Opens the details.
void write_duration(std::chrono::milliseconds duration, wire::JsonWriter& out) noexcept {
  out.raw(R"(,"details":{"duration":)");
  out.number(static_cast<double>(std::max<std::int64_t>(0, duration.count())) / 1000.0);
}

void write_tail(wire::JsonWriter& out) noexcept {
  out.raw(R"(,"schemaVersion":1})");
  static_assert(wire::kSchemaVersion == 1, "also in the text above");
}

}  // namespace

void write_session_start(const Who& who, std::int64_t at_unix_ms, wire::JsonWriter& out) noexcept {
  write_head(wire::activity::kSessionStart, who, {}, at_unix_ms, out);
  write_tail(out);
}

void write_page_end(const Who& who, std::string_view page, std::int64_t at_unix_ms,
                    std::chrono::milliseconds in_foreground, wire::JsonWriter& out) noexcept {
  static_assert(3 * (wire::kIdentifierBytesMax + 2) + 256 < kSessionEventBytesMax);
  write_head(wire::activity::kPageEnd, who, page, at_unix_ms, out);
  write_duration(in_foreground, out);
  out.raw('}');
  write_tail(out);
}

void write_session_end(const Who& who, const SessionEnd& end, wire::JsonWriter& out) noexcept {
  write_head(wire::activity::kSessionEnd, who, {}, end.at_unix_ms, out);
  write_duration(end.duration, out);
  out.raw(R"(,"events":)");
  out.number(end.events);
  out.raw(R"(,"endReason":")");
  out.raw(name_of(end.reason));
  out.raw(R"("})");
  write_tail(out);
}

}  // namespace penstock::session
