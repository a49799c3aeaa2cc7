// ISO 8601 in UTC with milliseconds, as in 2024-12-08T12:34:56.789Z.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::wire {

inline constexpr std::size_t kTimestampBytes = 24;

// Writes exactly kTimestampBytes, without a NUL. Years 0000 to 9999; a time outside is clamped to
// that. Any thread; no locale, no allocation.
void format_timestamp(std::int64_t unix_milliseconds, char* out) noexcept;

// Reads what RFC 3339 allows, with "Z" or an offset, and 0 to 9 digits of a second's fraction (cut
// to milliseconds). A leap second (:60) is read as :59.999. nullopt for all else. Any thread.
std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept;

}  // namespace penstock::wire
