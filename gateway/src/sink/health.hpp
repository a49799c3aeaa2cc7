// Whether Kafka takes events now, and if not, why.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kafka_settings.hpp"

namespace penstock::gateway {

// Whether Kafka takes events, and since when it does, or does not.
struct KafkaAvailability {
  bool available = false;
  std::chrono::steady_clock::time_point since;
};

// What is wrong with one topic.
struct TopicTrouble {
  std::string reason;
  // The brokers do not answer, which is soon true of every topic. Else it is this topic's own.
  bool unreachable = false;
};

// What the topics together say: as long as one of them takes records, and the brokers answer for
// all, the gateway has work that it can do; a batch for another topic is refused by itself. Any
// thread.
class Health {
 public:
  // Begins with brokers that have not been reached.
  Health(std::size_t topics, const KafkaLog& log);

  // Why topic number `topic` takes nothing, or nothing. Each change of available() is a line in the
  // log.
  void set(std::size_t topic, std::optional<TopicTrouble> trouble);

  bool available() const noexcept { return available_.load(std::memory_order_relaxed); }
  KafkaAvailability availability() const;
  std::string reason() const;  // "" if available

 private:
  // The trouble that makes it not available, or nullptr.
  const TopicTrouble* worst() const;

  const KafkaLog& log_;
  std::atomic<bool> available_{false};
  mutable std::mutex mutex_;
  std::vector<std::optional<TopicTrouble>> troubles_;  // guarded by it, as the next one
  bool said_down_ = false;
  std::chrono::steady_clock::time_point changed_ = std::chrono::steady_clock::now();
};

}  // namespace penstock::gateway
