// The traceparent header of W3C Trace Context.
#pragma once

#include <optional>
#include <string_view>

namespace penstock::wire {

struct TraceContext {
  std::string_view trace_id;   // 32 lower-case hex digits, not all zero
  std::string_view parent_id;  // 16 lower-case hex digits, not all zero
  bool sampled = false;
};

// Reads `traceparent`; the result points into it. nullopt if it is not valid (Trace Context
// 1, 3.2): a receiver must then go on as if there were none. Later versions are read by the rules
// for version 00. Any thread.
std::optional<TraceContext> parse_traceparent(std::string_view traceparent) noexcept;

}  // namespace penstock::wire
