#include "admission.hpp"

#include <algorithm>

namespace penstock::gateway {
namespace {

// Bodies are in flight for milliseconds while Kafka is well. The SDK adds its own jitter.
constexpr int kOverloadedRetryS = 1;

Problem rate_limited(std::string_view what, const ClientKey& client,
                     std::chrono::nanoseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return Problem{429, "rate_limited",
                 "key \"" + client.id + "\" has sent too many " + std::string(what) +
                     "; try again after the time in Retry-After",
                 static_cast<int>(std::clamp<std::int64_t>(seconds, 1, 24 * 3600))};
}

}  // namespace

Admission::Admission(AdmissionLimits limits, const std::vector<KeyRates>& keys, Clock clock)
    : limits_(limits),
      bodies_in_flight_(limits.bodies_in_flight_bytes),
      rates_(keys),
      clock_(std::move(clock)) {}

std::chrono::nanoseconds Admission::steady_clock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Outcome<Lease> Admission::admit(const ClientKey& client, const RequestHead& head) {
  const std::uint64_t bytes = head.content_length.value_or(limits_.body_bytes);
  if (bytes > limits_.body_bytes) {
    return Problem{413,
                   "body_too_large",
                   "the body has " + std::to_string(bytes) + " bytes; at most " +
                       std::to_string(limits_.body_bytes) + " are taken: split the batch",
                   {}};
  }
  // Memory first: a client is not charged a request that an overloaded gateway turns away.
  auto lease = bodies_in_flight_.lease(static_cast<std::size_t>(bytes));
  if (!lease) {
    return Problem{503, "overloaded", "too many bodies are in flight; try again",
                   kOverloadedRetryS};
  }
  if (const auto wait = rates_.take_request(client.id, clock_()))
    return rate_limited("requests", client, *wait);
  return std::move(*lease);
}

std::optional<Problem> Admission::admit_events(const ClientKey& client, std::size_t events) {
  if (const auto wait = rates_.take_events(client.id, events, clock_()))
    return rate_limited("events", client, *wait);
  return std::nullopt;
}

std::optional<RateStatus> Admission::rate_status(const ClientKey& client) const {
  return rates_.request_status(client.id, clock_());
}

}  // namespace penstock::gateway
