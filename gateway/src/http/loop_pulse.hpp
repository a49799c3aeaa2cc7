// Whether an event loop goes round, and how much of its thread's time that takes.
#pragma once

#include <ctime>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace penstock::gateway {

// beat() on the loop's thread, the rest on any.
class LoopPulse {
 public:
  using Clock = std::chrono::steady_clock;

  // `interval`: from one beat to the next.
  explicit LoopPulse(std::chrono::milliseconds interval) noexcept : interval_(interval) {}

  void beat(Clock::time_point now) noexcept {
    last_.store(now, std::memory_order_relaxed);
    if (now - window_begin_ < kWindow) return;
    const std::chrono::nanoseconds cpu = thread_time();
    busy_.store(std::chrono::duration<double>(cpu - window_cpu_) /
                    std::chrono::duration<double>(now - window_begin_),
                std::memory_order_relaxed);
    window_begin_ = now;
    window_cpu_ = cpu;
  }

  // How long the next beat is overdue; 0 if it is not.
  std::chrono::nanoseconds lag(Clock::time_point now) const noexcept {
    return std::max<std::chrono::nanoseconds>(
        now - last_.load(std::memory_order_relaxed) - interval_, std::chrono::nanoseconds::zero());
  }
  // The share of the last seconds that the thread ran, 0 to 1.
  double busy() const noexcept {
    return std::clamp(busy_.load(std::memory_order_relaxed), 0.0, 1.0);
  }

 private:
  static constexpr std::chrono::seconds kWindow{2};

  static std::chrono::nanoseconds thread_time() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  const std::chrono::milliseconds interval_;
  std::atomic<Clock::time_point> last_{Clock::now()};
  std::atomic<double> busy_{0};
  Clock::time_point window_begin_ = Clock::now();  // of the loop's thread, as the next one
  std::chrono::nanoseconds window_cpu_{0};
};

}  // namespace penstock::gateway
