// How much of something may happen in a time: so many a second, and a burst of them at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace penstock::gateway {

// The generic cell rate algorithm (ITU-T I.371): a token bucket whose whole state is one instant,
// the time at which the bucket is full again. Lock-free: any thread. `now` counts from any fixed
// point and never goes back.
class TokenBucket {
 public:
  // `per_second` > 0. `burst` tokens can be taken at once from a full bucket; at least one.
  TokenBucket(double per_second, double burst) noexcept;

  // Takes `cost` tokens, or none and says when to come again.
  // More than a whole burst is given by a full bucket only, and is paid back before the next:
  // otherwise such a request could never pass, and its client would try for ever.
  std::optional<std::chrono::nanoseconds> take(double cost, std::chrono::nanoseconds now) noexcept;

  double burst() const noexcept { return burst_; }
  // Tokens that could be taken now; never negative.
  double available(std::chrono::nanoseconds now) const noexcept;
  // Until the bucket is full; never negative.
  std::chrono::nanoseconds until_full(std::chrono::nanoseconds now) const noexcept;

 private:
  std::int64_t cost_ns(double tokens) const noexcept;

  double interval_ns_;  // in which one token comes
  double burst_;
  std::int64_t burst_ns_;
  std::atomic<std::int64_t> full_at_ns_{0};
};

}  // namespace penstock::gateway
