// The events of a session that are recorded without an encoder, as they lie in the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "wire/json_writer.hpp"

namespace penstock::session {

enum class EndReason : std::uint8_t {
  kClosed,  // the program ended it, or closed the client
  kIdle,    // nothing was recorded for Options::session_idle_max
  kKilled,  // the process is gone without having ended it
};

// Whose it is: JSON strings with their quotes, masked; empty for none.
struct Who {
  std::string_view session, user;
};

// A bound on each of these events.
inline constexpr std::size_t kSessionEventBytesMax = 1536;

void write_session_start(const Who& who, std::int64_t at_unix_ms, wire::JsonWriter& out) noexcept;

struct SessionEnd {
  std::int64_t at_unix_ms;
  std::chrono::milliseconds duration;  // by the steady clock
  std::uint64_t events;                // recorded between start and end
  EndReason reason;
};
// `page`: a JSON string as in Who.
void write_page_end(const Who& who, std::string_view page, std::int64_t at_unix_ms,
                    std::chrono::milliseconds in_foreground, wire::JsonWriter& out) noexcept;
void write_session_end(const Who& who, const SessionEnd& end, wire::JsonWriter& out) noexcept;

}  // namespace penstock::session
