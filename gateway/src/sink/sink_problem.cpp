#include "sink_problem.hpp"

#include <utility>

#include "kafka_settings.hpp"

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

Problem record_too_large(std::size_t index, std::size_t bytes) {
  return {413, "record_too_large",
          "event " + std::to_string(index) + " is " + std::to_string(bytes) +
              " bytes with its context and key; a record is at most " +
              std::to_string(kKafkaRecordBytesMax) + ": make the event or the context smaller",
          std::nullopt};
}

}  // namespace penstock::gateway
