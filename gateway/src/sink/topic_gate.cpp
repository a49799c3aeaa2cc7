#include "topic_gate.hpp"

namespace penstock::gateway {
namespace {

constexpr std::chrono::seconds kBlockTime{5};

std::string what_is_wrong(std::string_view topic, rd_kafka_resp_err_t error) {
  return "topic " + std::string(topic) +
         (TopicGate::is_missing(error) ? " does not exist"
                                       : std::string(": ") + rd_kafka_err2str(error));
}

std::string cure(std::string_view topic, rd_kafka_resp_err_t error, int partitions) {
  if (TopicGate::is_missing(error)) {
    return "create it: kafka-topics.sh --bootstrap-server <broker> --create --topic " +
           std::string(topic) + " --partitions " + std::to_string(partitions);
  }
  return "the gateway's user needs the ACLs Describe and Write on it";
}

}  // namespace

bool TopicGate::is_missing(rd_kafka_resp_err_t error) noexcept {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

bool TopicGate::is_topic_error(rd_kafka_resp_err_t error) noexcept {
  return is_missing(error) || error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
}

void TopicGate::block(std::string_view topic, rd_kafka_resp_err_t error) {
  {
    const std::lock_guard lock(mutex_);
    const auto until = Clock::now() + kBlockTime;
    const auto [at, was_open] = blocked_.try_emplace(std::string(topic), Block{error, until});
    at->second.until = until;
    any_ = true;
    if (!was_open) return;
  }
  log_(KafkaLogLevel::kError, "Kafka " + what_is_wrong(topic, error) +
                                  "; events for it are answered 503 until it works; " +
                                  cure(topic, error, settings_.partitions));
}

void TopicGate::seen(std::string_view topic) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = blocked_.find(topic);
    if (at == blocked_.end()) return;
    if (!is_missing(at->second.error) && Clock::now() < at->second.until) return;
    blocked_.erase(at);
    any_ = !blocked_.empty();
  }
  log_(KafkaLogLevel::kInfo, "Kafka topic " + std::string(topic) + " is there; it is used again");
}

std::vector<std::string> TopicGate::blocked() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(blocked_.size());
  for (const auto& [name, block] : blocked_) names.push_back(name);
  return names;
}

std::optional<std::string> TopicGate::refusal(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  const auto at = blocked_.find(topic);
  if (at == blocked_.end()) return std::nullopt;
  return what_is_wrong(topic, at->second.error);
}

}  // namespace penstock::gateway
