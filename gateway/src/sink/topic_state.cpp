#include "topic_state.hpp"

#include <algorithm>
#include <utility>

#include "wire/topics.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;

// After a record was refused: what the brokers say of the right to write may be older than the
// refusal.
constexpr std::chrono::seconds kBlockTime = 5s;
constexpr std::chrono::seconds kBlockTimeMax = 60s;

std::string what_is_wrong(const std::string& topic, rd_kafka_resp_err_t error) {
  return "topic " + topic +
         (TopicState::is_missing(error) ? " does not exist"
                                        : std::string(": ") + rd_kafka_err2str(error));
}

std::string cure(const std::string& topic, rd_kafka_resp_err_t error, int partitions) {
  if (TopicState::is_missing(error)) {
    return "create it: kafka-topics.sh --bootstrap-server <broker> --create --topic " + topic +
           " --partitions " + std::to_string(partitions);
  }
  return "the gateway's user needs the ACLs Describe and Write on it";
}

}  // namespace

TopicState::TopicState(std::string name, std::size_t place, const KafkaSettings& settings,
                       Health& health, const KafkaLog& log)
    : name_(std::move(name)),
      takes_rejected_(name_ == settings.topic_prefix + std::string(wire::kTopicDeadLetter)),
      place_(place),
      settings_(settings),
      health_(health),
      log_(log),
      away_(TopicTrouble{"Kafka has not been reached yet", true}) {}

bool TopicState::is_missing(rd_kafka_resp_err_t error) noexcept {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

bool TopicState::is_topic_error(rd_kafka_resp_err_t error) noexcept {
  return is_missing(error) || error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
}

void TopicState::set_batch_bytes_max(std::size_t bytes) {
  bytes = std::min(bytes, kKafkaBatchBytesMax);
  limit_told_ = true;
  if (batch_bytes_max_.exchange(bytes) == bytes) return;
  log_(KafkaLogLevel::kInfo, "Kafka topic " + name_ + " takes " + std::to_string(bytes) +
                                 " bytes at once; larger events are rejected (record_too_large)");
}

void TopicState::size_refused() {
  if (limit_told_) return;  // and is asked for again now
  constexpr std::size_t kLeast = 16 * 1024;
  const auto next = std::max(batch_bytes_max_ / 2, kLeast);
  batch_bytes_max_ = next;
  log_(KafkaLogLevel::kError,
       "Kafka refused a record for topic " + name_ +
           " as too large, and does not tell the limit: give the gateway's user the ACL "
           "DescribeConfigs on the topic. Events of more than " +
           std::to_string(next) + " bytes are rejected (record_too_large) until then");
}

std::optional<TopicTrouble> TopicState::trouble() const {
  if (away_ && away_->unreachable) return away_;
  if (block_) return TopicTrouble{what_is_wrong(name_, block_->error), false};
  return away_;
}

std::optional<std::string> TopicState::refusal() const {
  const std::lock_guard lock(mutex_);
  auto now = trouble();
  if (!now) return std::nullopt;
  return std::move(now->reason);
}

void TopicState::tell() {
  auto now = trouble();
  open_.store(!now, std::memory_order_relaxed);
  health_.set(place_, std::move(now));
}

void TopicState::away(TopicTrouble trouble) {
  const std::lock_guard lock(mutex_);
  if (away_) trouble.unreachable = trouble.unreachable || away_->unreachable;
  away_ = std::move(trouble);
  tell();
}

void TopicState::reached() {
  const std::lock_guard lock(mutex_);
  away_.reset();
  tell();
}

void TopicState::block(rd_kafka_resp_err_t error, bool tried) {
  const std::lock_guard lock(mutex_);
  if (!block_) {  // said before it is felt
    log_(KafkaLogLevel::kError, "Kafka " + what_is_wrong(name_, error) +
                                    "; events for it are answered 503 until it works; " +
                                    cure(name_, error, settings_.partitions));
    block_.emplace();
  }
  block_->error = error;
  if (tried) {
    block_->refused_at = Clock::now();
    ++refusals_;
  }
  tell();
}

std::chrono::seconds TopicState::pause(bool may_write) const noexcept {
  if (may_write) return kBlockTime;
  constexpr int kDoublingsMax = 4;
  return std::min(kBlockTime * (1 << std::min(refusals_.load(), kDoublingsMax)), kBlockTimeMax);
}

void TopicState::seen(bool may_write) {
  {
    const std::lock_guard lock(mutex_);
    if (!block_) return;
    // What was missing and is there may be used at once.
    if (!is_missing(block_->error) && Clock::now() < block_->refused_at + pause(may_write)) return;
    block_.reset();
    tell();
  }
  log_(KafkaLogLevel::kInfo, "Kafka topic " + name_ + " can be written to; it is used again");
}

}  // namespace penstock::gateway
