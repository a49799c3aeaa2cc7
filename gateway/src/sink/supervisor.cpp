#include "supervisor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "create_topics.hpp"
#include "sink_problem.hpp"

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
// What brokers may take to learn from the controller of a topic that was just created: milliseconds
// as a rule. Whoever has created none, for want of the right to, begins that much later.
constexpr std::chrono::milliseconds kTopicSpreadTime = 5s;

}  // namespace

Supervisor::Supervisor(const KafkaSettings& settings, std::string brokers, const KafkaLog& log)
    : settings_(settings),
      brokers_(std::move(brokers)),
      log_(log),
      topics_(topics_written(settings)),
      gate_(settings, log),
      health_(log),
      current_(std::make_shared<Producer>(settings, brokers_, gate_, log)),
      topics_created_(!settings.create_topics),
      thread_([this] { run(); }) {}

Supervisor::~Supervisor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::shared_ptr<Producer> Supervisor::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool Supervisor::flush(std::chrono::milliseconds timeout) {
  return current()->in_flight().wait_until_empty(Clock::now() + timeout);
}

void Supervisor::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      tick();
    } catch (const std::exception& error) {
      health_.down(error.what());  // no new producer, for want of memory or threads: tried again
    }
    lock.lock();
    wake_.wait_for(lock, kTick, [this] { return stopping_; });
  }
}

void Supervisor::tick() {
  reap();
  const auto producer = current();
  const auto now = Clock::now();
  if (auto fatal = producer->fatal_error()) {
    if (now - last_replacement_ < kReplacementInterval)
      return health_.down("the producer failed: " + *fatal);
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
  const bool settled = health_.available() && !is_stalled && !gate_.any_blocked();
  if (!suspicious && (settled || now - last_probe_ < kProbeInterval)) return;
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
  if (!topics_created_) {
    if (const auto failed =
            create_topics(producer.handle(), topics_, settings_, log_, kProbeInterval)) {
      const auto connection = producer.last_error();
      return health_.down(connection.empty() ? *failed : connection);
    }
    topics_created_ = true;
    known_by_ = Clock::now() + kTopicSpreadTime;
  }
  bool spreading = false;
  if (auto failed = ask_topics(producer, spreading)) return health_.down(std::move(*failed));
  if (spreading) {
    last_probe_ = {};  // asked at the next tick; ready before would be 503 for the first requests
    return;
  }
  if (is_stalled) return health_.down("the brokers answer, but acknowledge nothing");
  health_.up();
}

std::optional<std::string> Supervisor::ask_topics(Producer& producer, bool& spreading) {
  auto topics = topics_;
  for (auto& blocked : gate_.blocked()) {
    if (std::find(topics.begin(), topics.end(), blocked) == topics.end())
      topics.push_back(std::move(blocked));
  }
  for (const auto& topic : topics) {
    auto error = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (auto failed = producer.ask(topic, kProbeInterval, error)) return failed;
    if (TopicGate::is_missing(error) && Clock::now() < known_by_) {
      spreading = true;
      continue;
    }
    if (TopicGate::is_topic_error(error)) gate_.block(topic, error);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) gate_.seen(topic);
  }
  return std::nullopt;
}

void Supervisor::replace(Producer& producer, std::string why) {
  auto next = std::make_shared<Producer>(settings_, brokers_, gate_, log_);
  health_.down(why);
  std::shared_ptr<Producer> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(next));
  }
  producer.retire(kafka_unavailable(std::move(why)));
  retired_.push_back(std::move(old));
  last_replacement_ = last_probe_ = Clock::now();
  last_probe_ -= kProbeInterval;  // asked at the next tick
  ++replacements_;
}

void Supervisor::reap() {
  std::erase_if(retired_, [](const auto& producer) { return producer->finished(); });
}

}  // namespace penstock::gateway
