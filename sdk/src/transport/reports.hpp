// What the sender tells the program's log callback: that something has changed, not each attempt.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/options.hpp"
#include "platform/clock.hpp"

namespace penstock::transport {

// The sender thread's.
class Reports {
 public:
  // Lines of one code within that time are counted, and told with the next one.
  static constexpr std::chrono::minutes kInterval{1};

  // `log` may be none. `time` outlives this object.
  Reports(LogCallback log, const platform::TimeSource& time) : log_(std::move(log)), time_(time) {}

  // `code`: static. `text` has no payload and no key. What the callback throws is dropped.
  void say(LogLevel level, const char* code, std::string_view text) noexcept;

 private:
  struct Said {
    std::string_view code;
    platform::Clock::time_point next{};
    std::uint64_t untold = 0;
  };

  Said& said(std::string_view code);

  const LogCallback log_;
  const platform::TimeSource& time_;
  std::vector<Said> said_;  // a few
};

}  // namespace penstock::transport
