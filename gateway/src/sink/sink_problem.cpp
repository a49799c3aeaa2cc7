#include "sink_problem.hpp"

#include <utility>

namespace penstock::gateway {
namespace {

// Brokers that restart are back in seconds; a queue that is full drains in less.
constexpr int kUnavailableRetryS = 2;
constexpr int kOverloadedRetryS = 1;

}  // namespace

Problem kafka_unavailable(std::string detail) {
  return {503, "kafka_unavailable", std::move(detail), kUnavailableRetryS};
}

Problem kafka_overloaded() {
  return {503, "overloaded", "too many events wait for Kafka's acknowledgement", kOverloadedRetryS};
}

}  // namespace penstock::gateway
