// Topics that Kafka refuses: missing, or not allowed. Batches for them are refused before anything
// of them is sent, so that one wrong topic does not slow down or fail what goes elsewhere.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kafka_settings.hpp"

namespace penstock::gateway {

// Any thread.
class TopicGate {
 public:
  using Clock = std::chrono::steady_clock;

  // `settings` and `log` outlive it.
  TopicGate(const KafkaSettings& settings, const KafkaLog& log) : settings_(settings), log_(log) {}

  // An error of one topic as a whole, not of a record or of the way to the brokers.
  static bool is_topic_error(rd_kafka_resp_err_t error) noexcept;
  // Of these, that there is no such topic.
  static bool is_missing(rd_kafka_resp_err_t error) noexcept;

  // Closes the gate for a while. Says so in the log, with the cure, when it was open.
  void block(std::string_view topic, rd_kafka_resp_err_t error);
  // The brokers know the topic: opens the gate, at the earliest kBlockTime after block(), because a
  // topic that may not be written to looks well until one tries.
  void seen(std::string_view topic);

  bool any_blocked() const noexcept { return any_.load(std::memory_order_relaxed); }
  std::vector<std::string> blocked() const;
  // Why `topic` is refused, or nothing.
  std::optional<std::string> refusal(std::string_view topic) const;

 private:
  struct Block {
    rd_kafka_resp_err_t error;
    Clock::time_point until;
  };

  const KafkaSettings& settings_;
  const KafkaLog& log_;
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::map<std::string, Block, std::less<>> blocked_;
};

}  // namespace penstock::gateway
