#include "platform/clock.hpp"

namespace penstock::platform {

std::int64_t unix_milliseconds_now() noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace penstock::platform
