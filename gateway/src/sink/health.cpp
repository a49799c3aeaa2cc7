#include "health.hpp"

#include <algorithm>
#include <utility>

namespace penstock::gateway {

Health::Health(std::size_t topics, const KafkaLog& log)
    : log_(log), troubles_(topics, TopicTrouble{"Kafka has not been reached yet", true}) {}

std::string Health::reason() const {
  const std::lock_guard lock(mutex_);
  const auto* const trouble = worst();
  return trouble == nullptr ? std::string() : trouble->reason;
}

KafkaAvailability Health::availability() const {
  const std::lock_guard lock(mutex_);
  return {available_, changed_};
}

const TopicTrouble* Health::worst() const {
  const auto unreachable = std::find_if(troubles_.begin(), troubles_.end(),
                                        [](const auto& each) { return each && each->unreachable; });
  if (unreachable != troubles_.end()) return &**unreachable;
  const bool one_is_open =
      std::find(troubles_.begin(), troubles_.end(), std::nullopt) != troubles_.end();
  return one_is_open ? nullptr : &*troubles_.front();
}

void Health::set(std::size_t topic, std::optional<TopicTrouble> trouble) {
  std::string why;
  bool is_down = false;
  {
    const std::lock_guard lock(mutex_);
    const bool first_failure = trouble && !said_down_;
    if (trouble) why = trouble->reason;
    troubles_[topic] = std::move(trouble);
    const auto* const now = worst();
    const bool was_available = available_.exchange(now == nullptr);
    if (was_available != (now == nullptr)) changed_ = std::chrono::steady_clock::now();
    if (now == nullptr ? was_available : !first_failure) return;
    said_down_ = now != nullptr;
    is_down = said_down_;
    if (is_down && why.empty()) why = now->reason;
  }
  if (!is_down) return log_(KafkaLogLevel::kInfo, "Kafka is reached");
  log_(KafkaLogLevel::kWarning,
       "Kafka takes nothing: " + why + "; requests are answered 503 until it does");
}

}  // namespace penstock::gateway
