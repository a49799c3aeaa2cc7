#include "supervisor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "connection_fault.hpp"
#include "create_topics.hpp"
#include "sink_problem.hpp"
#include "topic_limit.hpp"
#include "topic_rights.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTick = 100ms;
// Between two questions to brokers that are away. Also how long one question may take, so that what
// is stuck is answered at most that much later than the delivery timeout.
constexpr std::chrono::milliseconds kProbeInterval = 1s;
// A new producer costs connections and a producer id; what breaks each at once must not cost one
// each tick.
constexpr std::chrono::milliseconds kReplacementInterval = 1s;
// How soon the gateway knows that an operator has changed a topic's limit.
constexpr std::chrono::seconds kLimitInterval = 30s;
// What brokers may take to learn from the controller of a topic that was just created: milliseconds
// as a rule. Whoever has created none, for want of the right to, begins that much later.
constexpr std::chrono::milliseconds kTopicSpreadTime = 5s;

}  // namespace

Supervisor::Supervisor(const KafkaSettings& settings, const std::string& brokers, TopicState& topic,
                       const KafkaLog& log)
    : settings_(settings),
      brokers_(brokers),
      topic_(topic),
      log_(log),
      current_(std::make_shared<Producer>(settings, brokers_, topic_, log)),
      created_(!settings.create_topics),
      thread_([this] { run(); }) {}

Supervisor::~Supervisor() {
  stop();
  thread_.join();
}

void Supervisor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

std::shared_ptr<Producer> Supervisor::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool Supervisor::flush(Clock::time_point deadline) {
  return current()->in_flight().wait_until_empty(deadline);
}

void Supervisor::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      tick();
    } catch (const std::exception& error) {
      topic_.away(
          {error.what(), false});  // no new producer, for want of memory or threads: tried again
    }
    lock.lock();
    wake_.wait_for(lock, kTick, [this] { return stopping_; });
  }
  lock.unlock();
  // Here and not in stop(): a producer that is retired ends by itself, and only this thread asks it
  // anything.
  current()->retire(kafka_unavailable());
}

void Supervisor::tick() {
  reap();
  const auto producer = current();
  const auto now = Clock::now();
  if (auto fatal = producer->fatal_error()) {
    if (now - last_replacement_ < kReplacementInterval)
      return topic_.away({"the producer failed: " + *fatal, false});
    return replace(*producer, "the producer failed: " + *fatal);
  }
  if (const auto oldest = producer->in_flight().oldest();
      oldest && now - *oldest > settings_.delivery_timeout) {
    return replace(*producer, "nothing came back within " +
                                  std::to_string(settings_.delivery_timeout.count()) +
                                  " ms for what was sent");
  }
  const bool is_stalled = stalled(*producer, now);
  const bool suspicious = producer->take_suspicion();
  const bool settled = topic_.open() && !is_stalled;
  if (settled && !suspicious) {
    if (now - last_limit_ > kLimitInterval) learn_limit(*producer);
    return;
  }
  if (!suspicious && now - last_probe_ < kProbeInterval) return;
  last_probe_ = now;
  probe(*producer, is_stalled);
}

bool Supervisor::stalled(Producer& producer, Clock::time_point now) const {
  const auto patience =
      std::clamp<std::chrono::milliseconds>(settings_.delivery_timeout / 2, 1s, 5s);
  const auto oldest = producer.in_flight().oldest();
  return oldest && now - *oldest > patience && now - producer.last_acknowledged() > patience;
}

void Supervisor::probe(Producer& producer, bool is_stalled) {
  if (auto failed = create(producer)) return topic_.away({std::move(*failed), true});
  Producer::Answer answer;
  if (auto failed = producer.ask(kProbeInterval, answer))
    return topic_.away({std::move(*failed), true});
  broker_ = answer.broker;
  auto error = answer.topic_error;
  if (TopicState::is_missing(error) && Clock::now() < known_by_) {
    last_probe_ = {};  // asked at the next tick; ready before would be 503 for the first requests
    return;
  }
  // Whoever may look at a topic need not have the right to write to it.
  std::optional<bool> allowed;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    allowed = may_write(producer.handle(), topic_.name(), broker_, kProbeInterval);
    if (allowed == false) error = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && learn_limit(producer)) return;
  if (TopicState::is_topic_error(error)) topic_.block(error, false);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) topic_.seen(allowed == true);
  if (is_stalled) return topic_.away({"the brokers answer, but acknowledge nothing", false});
  topic_.reached();
}

std::optional<std::string> Supervisor::create(Producer& producer) {
  if (created_) return std::nullopt;
  if (auto failed =
          create_topics(producer.handle(), {topic_.name()}, settings_, log_, kProbeInterval)) {
    auto connection = producer.last_error();
    if (!connection.empty()) return connection;
    return failed->find("Timed out") == std::string::npos ? std::move(failed)
                                                          : silent_brokers(brokers_);
  }
  created_ = true;
  known_by_ = Clock::now() + kTopicSpreadTime;
  return std::nullopt;
}

bool Supervisor::learn_limit(Producer& producer) {
  last_limit_ = Clock::now();
  const auto limit = message_bytes_max(producer.handle(), topic_.name(), broker_, kProbeInterval);
  if (limit) topic_.set_batch_bytes_max(*limit);
  if (topic_.batch_bytes_max() >= producer.batch_bytes_max()) return false;
  make_anew(producer, "topic " + topic_.name() + " takes smaller records than before");
  return true;
}

void Supervisor::replace(Producer& producer, std::string why) {
  make_anew(producer, std::move(why));
  ++replacements_;
}

void Supervisor::make_anew(Producer& producer, std::string why) {
  auto next = std::make_shared<Producer>(settings_, brokers_, topic_, log_);
  topic_.away({std::move(why), false});
  std::shared_ptr<Producer> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(next));
  }
  producer.retire(kafka_unavailable());
  retired_.push_back(std::move(old));
  last_replacement_ = last_probe_ = Clock::now();
  last_probe_ -= kProbeInterval;  // asked at the next tick
}

void Supervisor::reap() {
  std::erase_if(retired_, [](const auto& producer) { return producer->finished(); });
}

}  // namespace penstock::gateway
