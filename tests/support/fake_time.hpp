// Clocks that stand still until a test moves them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "platform/clock.hpp"

namespace penstock::test {

class FakeTime final : public platform::TimeSource {
 public:
  platform::Clock::time_point now() const noexcept override {
    return platform::Clock::time_point(std::chrono::milliseconds(steady_ms_.load()));
  }
  std::int64_t unix_milliseconds() const noexcept override { return unix_ms_.load(); }

  // Time passes, on both clocks.
  void pass(std::chrono::milliseconds time) noexcept {
    steady_ms_ += time.count();
    unix_ms_ += time.count();
  }
  // Somebody sets the system's time.
  void jump(std::chrono::milliseconds by) noexcept { unix_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> steady_ms_{1'000'000};
  std::atomic<std::int64_t> unix_ms_{1'800'000'000'000};  // 2027-01-15
};

}  // namespace penstock::test
