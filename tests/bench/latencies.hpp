// Times single calls of tens of nanoseconds: the processor's time stamp counter, one sample a call.
#pragma once

#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace penstock::bench {

// Ticks of the counter in a nanosecond, measured against the steady clock for 50 ms.
inline double ticks_per_nanosecond() {
  const auto clock_begin = std::chrono::steady_clock::now();
  const std::uint64_t ticks_begin = __rdtsc();
  while (std::chrono::steady_clock::now() - clock_begin < std::chrono::milliseconds(50)) {
  }
  const std::uint64_t ticks = __rdtsc() - ticks_begin;
  const std::chrono::duration<double, std::nano> elapsed =
      std::chrono::steady_clock::now() - clock_begin;
  return static_cast<double>(ticks) / elapsed.count();
}

// Samples of one thread; the memory is there before the first call is timed.
class Latencies {
 public:
  explicit Latencies(std::size_t calls) : samples_(calls) {}

  template <typename Call>
  void time(Call&& call) {
    const std::uint64_t begin = __rdtsc();
    call();
    samples_[used_++] =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(__rdtsc() - begin, UINT32_MAX));
  }

  void take(const Latencies& other) {
    samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
    used_ = samples_.size();
  }

  // `share` of the calls took at most this many nanoseconds.
  double quantile(double share, double ticks_per_ns) {
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(used_ - 1));
    std::nth_element(samples_.begin(), samples_.begin() + at,
                     samples_.begin() + static_cast<std::ptrdiff_t>(used_));
    return samples_[static_cast<std::size_t>(at)] / ticks_per_ns;
  }

 private:
  std::vector<std::uint32_t> samples_;
  std::size_t used_ = 0;
};

}  // namespace penstock::bench
