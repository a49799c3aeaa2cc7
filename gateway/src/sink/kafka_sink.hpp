// The last stage: a batch into Kafka, answered when it is there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "health.hpp"
#include "kafka_settings.hpp"
#include "outcome.hpp"
#include "queue_budget.hpp"
#include "request.hpp"

namespace penstock::gateway {

namespace net = boost::asio;

class EmbeddedKafka;
class Supervisor;
class TopicState;

// How the sink does, for the metrics.
struct KafkaStats {
  std::size_t events_in_flight = 0;  // not acknowledged yet
  std::size_t bytes_in_flight = 0;   // of their records, with what librdkafka needs for them
  std::uint64_t replacements = 0;    // of the producer, because it was stuck or broken
};

// One for the process: all requests share one idempotent producer for each topic. Any thread.
//
// To end it, stop calling deliver(), flush(), then destroy it: what is still in flight is answered
// 503. The executors of coroutines that wait in deliver() must live until then.
class KafkaSink {
 public:
  // Whether librdkafka starts with these settings: it reads the files that they name, and connects
  // to nothing. Throws std::invalid_argument, which names the setting that cannot be.
  static void check(const KafkaSettings& settings);

  // Connects in the background: Kafka that is away makes it not available() and is not an error.
  // Throws std::invalid_argument, which names the setting that cannot be, or std::runtime_error.
  KafkaSink(KafkaSettings settings, KafkaLog log);
  ~KafkaSink();
  KafkaSink(const KafkaSink&) = delete;
  KafkaSink& operator=(const KafkaSink&) = delete;

  // Before deliver(): an event whose record is larger than its topic takes becomes a rejected one,
  // alone (record_too_large), and a letter that the dead-letter topic would not take is cut, and
  // says so.
  void fit(Batch& batch) const;

  // Sends each accepted event to its topic, each rejected one to the dead-letter topic. Resumes on
  // the coroutine's own executor. ok(): all of them are acknowledged by all in-sync replicas. Else
  //   503 kafka_unavailable  at once if !available(), else after delivery_timeout and a second at
  //                          most. Some events may be in Kafka all the same: of each partition's,
  //                          the first ones.
  //   503 overloaded         more waits than the settings allow; nothing of the batch was sent
  // Not cancelled by the coroutine's cancellation: what was sent cannot be called back.
  net::awaitable<Outcome<void>> deliver(std::shared_ptr<const Batch> batch);

  // What librdkafka needs for the batch beside the batch itself, until it lets go of it.
  static std::size_t overhead_bytes(const Batch& batch) noexcept;

  // Whether the brokers answer for each topic and at least one topic takes records. False as soon
  // as that is known to be over, true again within about a second after it is so again. A batch for
  // a topic that takes none is refused by deliver().
  bool available() const noexcept;
  KafkaAvailability availability() const;
  std::string reason() const;  // why not, for operators; "" if available
  // What deliver() answers as long as it is not.
  static Problem unavailable();

  // Waits, blocking, until all that was handed over is answered. False after `timeout`.
  bool flush(std::chrono::milliseconds timeout);

  const std::string& brokers() const noexcept { return brokers_; }  // where consumers find it
  bool embedded() const noexcept { return embedded_ != nullptr; }
  KafkaStats stats() const noexcept;

 private:
  // Why the batch is not even tried, or nothing; then `bytes` is what its records weigh.
  Outcome<void> check(const Batch& batch, std::size_t& bytes) const;

  const KafkaSettings settings_;
  const KafkaLog log_;
  const std::vector<std::string> topics_;
  const std::unique_ptr<EmbeddedKafka> embedded_;
  const std::string brokers_;
  QueueBudget budget_;
  const std::unique_ptr<Health> health_;
  std::vector<std::unique_ptr<TopicState>> states_;       // of topics_
  std::vector<std::unique_ptr<Supervisor>> supervisors_;  // of topics_
};

}  // namespace penstock::gateway
