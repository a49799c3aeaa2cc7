#include "platform/clock.hpp"

#include <type_traits>

namespace penstock::platform {
namespace {

class SystemTime final : public TimeSource {
 public:
  Clock::time_point now() const noexcept override { return Clock::now(); }
  std::int64_t unix_milliseconds() const noexcept override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

// Constant, and never destroyed: a thread may ask for the time while the process ends.
constinit const SystemTime kSystemTime;
static_assert(std::is_trivially_destructible_v<SystemTime>);

}  // namespace

const TimeSource& system_time() noexcept { return kSystemTime; }

}  // namespace penstock::platform
