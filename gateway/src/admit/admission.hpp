// May this client send that much now? Decided from the head alone, before memory is spent on the
// body.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "id_map.hpp"
#include "memory_budget.hpp"
#include "outcome.hpp"
#include "rate_limiter.hpp"

namespace penstock::gateway {

struct AdmissionLimits {
  std::size_t body_bytes = 0;  // one body, as it travels
};

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
  std::optional<Problem> admit_events(const ClientKey& client, std::size_t events);

  // For the RateLimit headers. nullopt: not limited.
  std::optional<RateStatus> rate_status(const ClientKey& client) const;

  std::size_t body_bytes_max() const noexcept { return limits_.body_bytes; }

  static std::chrono::nanoseconds steady_clock();

 private:
  AdmissionLimits limits_;
  MemoryBudget& memory_;
  // Of each key; the set is fixed at construction.
  IdMap<MemoryShare> shares_;
  RateLimiter rates_;
  Clock clock_;
};

}  // namespace penstock::gateway
