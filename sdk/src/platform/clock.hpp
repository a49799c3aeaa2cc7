// The two clocks.
#pragma once

#include <chrono>
#include <cstdint>

namespace penstock::platform {

// For durations and deadlines: a change of the system's time does not touch it.
using Clock = std::chrono::steady_clock;

// What people and other machines call the time: milliseconds since 1970, UTC. Can jump.
std::int64_t unix_milliseconds_now() noexcept;

}  // namespace penstock::platform
