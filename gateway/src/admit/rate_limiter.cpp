#include "rate_limiter.hpp"

namespace penstock::gateway {
namespace {

std::shared_ptr<TokenBucket> bucket_of(double per_second, double burst_seconds) {
  if (per_second <= 0) return nullptr;
  return std::make_shared<TokenBucket>(per_second, per_second * burst_seconds);
}

}  // namespace

RateLimiter::RateLimiter(const std::vector<KeyRates>& keys, const RateLimiter* before) {
  for (const auto& key : keys) {
    const Buckets* known = before == nullptr ? nullptr : before->find(key.key_id);
    keys_.try_emplace(key.key_id,
                      known != nullptr && known->rates == key
                          ? *known
                          : Buckets{key, bucket_of(key.requests_per_second, key.burst_seconds),
                                    bucket_of(key.events_per_second, key.burst_seconds)});
  }
}

const RateLimiter::Buckets* RateLimiter::find(std::string_view key_id) const {
  const auto found = keys_.find(key_id);
  return found == keys_.end() ? nullptr : &found->second;
}

std::optional<std::chrono::nanoseconds> RateLimiter::take_request(
    std::string_view key_id, std::chrono::nanoseconds now) const {
  const Buckets* buckets = find(key_id);
  if (buckets == nullptr || !buckets->requests) return std::nullopt;
  return buckets->requests->take(1, now);
}

std::optional<std::chrono::nanoseconds> RateLimiter::take_events(
    std::string_view key_id, std::size_t events, std::chrono::nanoseconds now) const {
  const Buckets* buckets = find(key_id);
  if (buckets == nullptr || !buckets->events) return std::nullopt;
  return buckets->events->take(static_cast<double>(events), now);
}

std::optional<RateStatus> RateLimiter::request_status(std::string_view key_id,
                                                      std::chrono::nanoseconds now) const {
  const Buckets* buckets = find(key_id);
  if (buckets == nullptr || !buckets->requests) return std::nullopt;
  const TokenBucket& bucket = *buckets->requests;
  const auto reset = std::chrono::ceil<std::chrono::seconds>(bucket.until_full(now));
  return RateStatus{static_cast<std::uint64_t>(bucket.burst()),
                    static_cast<std::uint64_t>(bucket.available(now)),
                    static_cast<int>(reset.count())};
}

}  // namespace penstock::gateway
