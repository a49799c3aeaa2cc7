// Requests and events a second, for each write key.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "id_map.hpp"
#include "request.hpp"
#include "token_bucket.hpp"

namespace penstock::gateway {

struct KeyRates {
  std::string key_id;
  double requests_per_second = 0;  // 0: unlimited
  double events_per_second = 0;    // 0: unlimited
  double burst_seconds = 10;       // how many seconds' worth may come at once

  bool operator==(const KeyRates&) const = default;
};

// Lock-free: any thread. The set of keys is fixed at construction; a key that is not in it has no
// limit.
class RateLimiter {
 public:
  // What a key has used under `before` counts here as well, if its rates are the same.
  explicit RateLimiter(const std::vector<KeyRates>& keys, const RateLimiter* before = nullptr);

  // Counts one request, or `events` events, of this key. If that is too many, counts nothing and
  // says when to come again.
  std::optional<std::chrono::nanoseconds> take_request(std::string_view key_id,
                                                       std::chrono::nanoseconds now) const;
  std::optional<std::chrono::nanoseconds> take_events(std::string_view key_id, std::size_t events,
                                                      std::chrono::nanoseconds now) const;

  // nullopt: this key's requests are not limited.
  std::optional<RateStatus> request_status(std::string_view key_id,
                                           std::chrono::nanoseconds now) const;

 private:
  struct Buckets {
    KeyRates rates;
    std::shared_ptr<TokenBucket> requests, events;  // null: unlimited
  };
  const Buckets* find(std::string_view key_id) const;

  IdMap<Buckets> keys_;
};

}  // namespace penstock::gateway
