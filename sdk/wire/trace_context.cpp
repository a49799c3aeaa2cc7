#include "wire/trace_context.hpp"

#include <algorithm>
#include <cstddef>

namespace penstock::wire {
namespace {

// version "-" trace-id "-" parent-id "-" flags
constexpr std::size_t kTraceIdAt = 3, kTraceIdBytes = 32;
constexpr std::size_t kParentIdAt = 36, kParentIdBytes = 16;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kBytes = 55;

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) noexcept {
  return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept {
  if (text.size() < kBytes || text[kTraceIdAt - 1] != '-' || text[kParentIdAt - 1] != '-' ||
      text[kFlagsAt - 1] != '-') {
    return std::nullopt;
  }
  const auto version = text.substr(0, 2);
  if (!is_hex(version) || version == "ff") return std::nullopt;
  if (text.size() > kBytes && (version == "00" || text[kBytes] != '-')) return std::nullopt;
  const auto flags = text.substr(kFlagsAt, 2);
  TraceContext context;
  context.trace_id = text.substr(kTraceIdAt, kTraceIdBytes);
  context.parent_id = text.substr(kParentIdAt, kParentIdBytes);
  if (!is_id(context.trace_id) || !is_id(context.parent_id) || !is_hex(flags)) return std::nullopt;
  const char low = flags[1];
  context.sampled = ((low <= '9' ? low - '0' : low - 'a' + 10) & 1) != 0;
  return context;
}

std::string format_traceparent(const TraceContext& context) {
  std::string text = "00-";
  text.append(context.trace_id).append("-").append(context.parent_id);
  return text.append(context.sampled ? "-01" : "-00");
}

}  // namespace penstock::wire
