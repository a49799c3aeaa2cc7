// Keeps a producer that works: finds out when Kafka is away and when it is back, without traffic
// and without a restart, and replaces a producer that is stuck or fatally broken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "health.hpp"
#include "kafka_settings.hpp"
#include "producer.hpp"
#include "topic_gate.hpp"

namespace penstock::gateway {

// Any thread.
class Supervisor {
 public:
  // Throws as Producer does. `settings` and `log` outlive it.
  Supervisor(const KafkaSettings& settings, std::string brokers, const KafkaLog& log);
  // Answers all that is in flight with 503 and waits until librdkafka has let go.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // The one to hand batches to. Whoever holds it may still find it retired: then it answers 503.
  std::shared_ptr<Producer> current() const;
  const Health& health() const noexcept { return health_; }
  const TopicGate& gate() const noexcept { return gate_; }
  std::uint64_t replacements() const noexcept { return replacements_; }
  // Waits until all that the current producer has taken is answered. False after `timeout`.
  bool flush(std::chrono::milliseconds timeout);

 private:
  using Clock = Producer::Clock;

  void run();
  void tick();
  // Whether something has waited long for its acknowledgement while nothing at all was
  // acknowledged.
  bool stalled(Producer& producer, Clock::time_point now) const;
  void probe(Producer& producer, bool stalled);
  // Why the brokers do not answer, or nothing. `spreading`: a topic that was just created is not
  // known to them yet.
  std::optional<std::string> ask_topics(Producer& producer, bool& spreading);
  void replace(Producer& producer, std::string why);
  void reap();

  const KafkaSettings& settings_;
  const std::string brokers_;
  const KafkaLog& log_;
  const std::vector<std::string> topics_;
  TopicGate gate_;
  Health health_;

  mutable std::mutex mutex_;  // guards the next three
  std::condition_variable wake_;
  bool stopping_ = false;
  std::shared_ptr<Producer> current_;

  // Of the thread alone.
  std::vector<std::shared_ptr<Producer>> retired_;
  bool topics_created_;
  Clock::time_point known_by_{};  // until then a topic that is missing is only new
  Clock::time_point last_probe_{};
  Clock::time_point last_replacement_{};

  std::atomic<std::uint64_t> replacements_{0};
  std::thread thread_;
};

}  // namespace penstock::gateway
