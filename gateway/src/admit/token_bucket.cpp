#include "token_bucket.hpp"

#include <algorithm>

namespace penstock::gateway {

TokenBucket::TokenBucket(double per_second, double burst) noexcept
    : interval_ns_(1e9 / per_second), burst_(std::max(burst, 1.0)), burst_ns_(cost_ns(burst_)) {}

std::int64_t TokenBucket::cost_ns(double tokens) const noexcept {
  constexpr double kMostNs = 1e18;  // 31 years: sums of a few stay within 63 bits
  return static_cast<std::int64_t>(std::min(tokens * interval_ns_, kMostNs));
}

std::optional<std::chrono::nanoseconds> TokenBucket::take(double cost,
                                                          std::chrono::nanoseconds now) noexcept {
  const std::int64_t whole = cost_ns(cost);
  const std::int64_t needed = std::min(whole, burst_ns_);
  std::int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t base = std::max<std::int64_t>(full_at, now.count());
    const std::int64_t missing = base - now.count() + needed - burst_ns_;
    if (missing > 0) return std::chrono::nanoseconds(missing);
    if (full_at_ns_.compare_exchange_weak(full_at, base + whole, std::memory_order_relaxed))
      return std::nullopt;
  }
}

std::chrono::nanoseconds TokenBucket::until_full(std::chrono::nanoseconds now) const noexcept {
  const auto full_at = full_at_ns_.load(std::memory_order_relaxed);
  return std::chrono::nanoseconds(std::max<std::int64_t>(0, full_at - now.count()));
}

double TokenBucket::available(std::chrono::nanoseconds now) const noexcept {
  const auto ns = static_cast<double>(burst_ns_ - until_full(now).count());
  return std::max(0.0, ns / interval_ns_);
}

}  // namespace penstock::gateway
