// May this client send that much now? Decided from the head alone, before memory is spent on the
// body.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "byte_budget.hpp"
#include "outcome.hpp"
#include "rate_limiter.hpp"

namespace penstock::gateway {

struct AdmissionLimits {
  std::size_t body_bytes = 0;              // one body, as it travels
  std::size_t bodies_in_flight_bytes = 0;  // all of them; at least body_bytes
};

// Any thread. Must outlive the leases that it gives.
class Admission {
 public:
  using Clock = std::function<std::chrono::nanoseconds()>;  // never goes back

  Admission(AdmissionLimits limits, const std::vector<KeyRates>& keys, Clock clock = steady_clock);

  // The lease is what the body may take: its Content-Length, or the most a body may have if it is
  // chunked. Keep it until the request is answered. Refuses with
  //   413 body_too_large        Content-Length is above the limit
  //   503 overloaded            too many bytes are in flight; Retry-After
  //   429 rate_limited          too many requests of this key; Retry-After says when the next one
  //   passes
  Outcome<Lease> admit(const ClientKey& client, const RequestHead& head);

  // Once decoded: 429 rate_limited, if the key has sent too many events. The request counts as one
  // all the same.
  std::optional<Problem> admit_events(const ClientKey& client, std::size_t events);

  // For the RateLimit headers. nullopt: not limited.
  std::optional<RateStatus> rate_status(const ClientKey& client) const;

  const ByteBudget& bodies_in_flight() const noexcept { return bodies_in_flight_; }

  static std::chrono::nanoseconds steady_clock();

 private:
  AdmissionLimits limits_;
  ByteBudget bodies_in_flight_;
  RateLimiter rates_;
  Clock clock_;
};

}  // namespace penstock::gateway
