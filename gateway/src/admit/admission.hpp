// May this client send that much now? Decided from the head alone, before memory is spent on the
// body.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "admission_limits.hpp"
#include "id_map.hpp"
#include "memory_budget.hpp"
#include "outcome.hpp"
#include "rate_limiter.hpp"
#include "replaceable.hpp"

namespace penstock::gateway {

// Any thread. Must outlive the leases that it gives.
class Admission {
 public:
  using Clock = std::function<std::chrono::nanoseconds()>;  // never goes back

  // `memory` outlives it.
  Admission(AdmissionLimits limits, const std::vector<KeyRates>& keys, MemoryBudget& memory,
            Clock clock = steady_clock);

  // The lease is what the request may take, charged to its key and its address: room for the body's
  // first bytes. It grows as the body arrives, since a client pays for what it has sent and not for
  // what it says that it will. Refuses with
  //   413 body_too_large        Content-Length is above the limit
  //   503 overloaded            requests hold too much memory; Retry-After
  //   429 rate_limited          too many requests of this key; Retry-After says when the next one
  //   passes
  Outcome<MemoryLease> admit(const ClientKey& client, const RequestHead& head);

  // Once decoded: 429 rate_limited, if the key has sent too many events. The request counts as one
  // all the same.
  Outcome<void> admit_events(const ClientKey& client, std::size_t events);

  // From now on these keys have these limits. A key whose limits stay has used up what it has.
  void replace_keys(const std::vector<KeyRates>& keys);

  // For the RateLimit headers. nullopt: not limited.
  std::optional<RateStatus> rate_status(const ClientKey& client) const;

  std::size_t body_bytes_max() const noexcept { return limits_.body_bytes; }

  static std::chrono::nanoseconds steady_clock();

 private:
  struct Keys {
    RateLimiter rates;
    IdMap<MemoryShare*> shares;
  };
  std::shared_ptr<const Keys> make_keys(const std::vector<KeyRates>& keys, const Keys* before);

  AdmissionLimits limits_;
  MemoryBudget& memory_;
  // Of each key that there ever was: leases of a key that is gone refer to it.
  std::mutex replace_mutex_;
  std::map<std::string, MemoryShare> shares_;
  Replaceable<const Keys> keys_;
  Clock clock_;
};

}  // namespace penstock::gateway
