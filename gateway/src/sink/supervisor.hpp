// Keeps a producer that works for one topic: finds out when Kafka is away or refuses the topic, and
// when that is over, without traffic and without a restart, and replaces a producer that is stuck
// or fatally broken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kafka_settings.hpp"
#include "producer.hpp"
#include "topic_state.hpp"

namespace penstock::gateway {

// Any thread.
class Supervisor {
 public:
  // Throws as Producer does. All arguments outlive it.
  Supervisor(const KafkaSettings& settings, const std::string& brokers, TopicState& topic,
             const KafkaLog& log);
  // Answers all that is in flight with 503 and waits until librdkafka has let go.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Begins the end, so that several end at the same time: answers all that is in flight with 503.
  void stop();

  // The one to hand batches to. Whoever holds it may still find it retired: then it answers 503.
  std::shared_ptr<Producer> current() const;
  const TopicState& topic() const noexcept { return topic_; }
  std::uint64_t replacements() const noexcept { return replacements_; }
  // Waits until all that the current producer has taken is answered. False after `deadline`.
  bool flush(std::chrono::steady_clock::time_point deadline);

 private:
  using Clock = Producer::Clock;

  void run();
  void tick();
  // Whether something has waited long for its acknowledgement while nothing at all was
  // acknowledged.
  bool stalled(Producer& producer, Clock::time_point now) const;
  void probe(Producer& producer, bool stalled);
  // Creates the topic if that is ours to do and not done. Why that failed, or nothing.
  std::optional<std::string> create(Producer& producer);
  // Asks for the topic's limit. True if the producer was made anew because that is less than it
  // was.
  bool learn_limit(Producer& producer);
  void replace(Producer& producer, std::string why);
  void make_anew(Producer& producer, std::string why);
  void reap();

  const KafkaSettings& settings_;
  const std::string& brokers_;
  TopicState& topic_;
  const KafkaLog& log_;

  mutable std::mutex mutex_;  // guards the next three
  std::condition_variable wake_;
  bool stopping_ = false;
  std::shared_ptr<Producer> current_;

  // Of the thread alone.
  std::vector<std::shared_ptr<Producer>> retired_;
  bool created_;
  Clock::time_point known_by_{};  // until then a topic that is missing is only new
  Clock::time_point last_probe_{};
  Clock::time_point last_limit_{};
  std::int32_t broker_ = -1;  // one that was there when last asked
  Clock::time_point last_replacement_{};

  std::atomic<std::uint64_t> replacements_{0};
  std::thread thread_;
};

}  // namespace penstock::gateway
