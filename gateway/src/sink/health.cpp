#include "health.hpp"

#include <utility>

namespace penstock::gateway {

std::string Health::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

void Health::up() {
  if (available_) return;
  {
    const std::lock_guard lock(mutex_);
    reason_.clear();
    said_down_ = false;
    available_ = true;
  }
  log_(KafkaLogLevel::kInfo, "Kafka is reached");
}

void Health::down(std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    available_ = false;
    reason_ = reason;
    if (std::exchange(said_down_, true)) return;
  }
  log_(KafkaLogLevel::kWarning,
       "Kafka is away: " + std::move(reason) + "; requests are answered 503 until it is back");
}

}  // namespace penstock::gateway
