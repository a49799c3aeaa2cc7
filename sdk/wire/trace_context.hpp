// The traceparent header of W3C Trace Context.
#pragma once

#include <optional>
#include <string>
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

// What a receiver passes on (Trace Context 1, 4.3): version 00, and of the flags those that it
// knows. Nothing that a later version puts behind them, which may be anything. Any thread.
std::string format_traceparent(const TraceContext& context);

}  // namespace penstock::wire
