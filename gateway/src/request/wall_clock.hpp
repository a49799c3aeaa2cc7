// What people and other machines call the time.
#pragma once

#include <chrono>
#include <cstdint>

namespace penstock::gateway {

// Milliseconds since 1970, UTC. Can jump. Any thread.
inline std::int64_t unix_milliseconds_now() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace penstock::gateway
