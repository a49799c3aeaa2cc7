// The two clocks, as those that need them are given them: tests bring their own.
#pragma once

#include <chrono>
#include <cstdint>

namespace penstock::platform {

// For durations and deadlines: a change of the system's time does not touch it.
using Clock = std::chrono::steady_clock;

// Any thread.
class TimeSource {
 public:
  // The steady clock's.
  virtual Clock::time_point now() const noexcept = 0;
  // What people and other machines call the time: milliseconds since 1970, UTC. Can jump.
  virtual std::int64_t unix_milliseconds() const noexcept = 0;

 protected:
  ~TimeSource() = default;  // not virtual, so that the system's is never destroyed
};

// The system's clocks. Lives as long as the process.
const TimeSource& system_time() noexcept;

}  // namespace penstock::platform
