// Times as people give them on a command line. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace penstock::ctl {

// Unix milliseconds of "2026-11-28T12:00:00Z" (any RFC 3339), "2026-11-28" (its begin, UTC), or of so
// long before now as "90s", "30m", "2h" and "7d" say. Throws std::runtime_error.
std::int64_t parse_time_bound(const std::string& text, std::int64_t now_ms);

}  // namespace penstock::ctl
