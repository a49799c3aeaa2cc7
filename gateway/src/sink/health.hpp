// Whether Kafka takes events now, and if not, why.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "kafka_settings.hpp"

namespace penstock::gateway {

// Any thread. Begins as not available: nothing is known about Kafka yet.
class Health {
 public:
  explicit Health(const KafkaLog& log) : log_(log) {}

  bool available() const noexcept { return available_.load(std::memory_order_relaxed); }
  std::string reason() const;  // "" if available

  // Each change is one line in the log.
  void up();
  void down(std::string reason);

 private:
  const KafkaLog& log_;
  std::atomic<bool> available_{false};
  mutable std::mutex mutex_;
  std::string reason_ = "Kafka has not been reached yet";
  bool said_down_ = false;
};

}  // namespace penstock::gateway
