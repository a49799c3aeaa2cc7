#include "sink_problem.hpp"

namespace penstock::gateway {
namespace {

// Brokers that restart are back in seconds; a queue that is full drains in less.
constexpr int kUnavailableRetryS = 2;
constexpr int kOverloadedRetryS = 1;

}  // namespace

Problem kafka_unavailable() {
  return {503, "kafka_unavailable",
          "the events cannot be kept now; keep them, and send the same batch again",
          kUnavailableRetryS};
}

Problem kafka_overloaded() {
  return {503, "overloaded", "too many events wait for Kafka's acknowledgement", kOverloadedRetryS};
}

}  // namespace penstock::gateway
