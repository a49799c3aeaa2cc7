// One topic that the gateway writes to: whether records may go there now, and why not.
//
// Two things stand in the way, each by itself: the brokers are away or acknowledge nothing; and
// they refuse the topic, because it is missing or the gateway may not write to it. Batches for it
// are then refused before anything of them is sent.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "health.hpp"
#include "kafka_settings.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Any thread.
class TopicState {
 public:
  using Clock = std::chrono::steady_clock;

  // Number `place` of those in `health`. `settings`, `health` and `log` outlive it.
  TopicState(std::string name, std::size_t place, const KafkaSettings& settings, Health& health,
             const KafkaLog& log);

  const std::string& name() const noexcept { return name_; }

  // Whether the event's record goes here: rejected ones go to the dead-letter topic, whatever they
  // were for.
  bool takes(const Event& event) const noexcept {
    return event.reject ? takes_rejected_ : !takes_rejected_ && event.topic == name_;
  }

  // An error of one topic as a whole, not of a record or of the way to the brokers.
  static bool is_topic_error(rd_kafka_resp_err_t error) noexcept;
  // Of these, that there is no such topic.
  static bool is_missing(rd_kafka_resp_err_t error) noexcept;

  // The most that a batch of records for it may be (max.message.bytes); kKafkaBatchBytesMax if
  // nobody knows, or that is less.
  std::size_t batch_bytes_max() const noexcept {
    return batch_bytes_max_.load(std::memory_order_relaxed);
  }
  // As the brokers say, in bytes. Said in the log when it is news.
  void set_batch_bytes_max(std::size_t bytes);
  // The brokers have refused a record as too large. Where they do not tell the limit, half of what
  // was taken for it is tried from now on.
  void size_refused();

  bool open() const noexcept { return open_.load(std::memory_order_relaxed); }
  std::optional<std::string> refusal() const;  // why not, or nothing

  // The brokers do not answer (`unreachable`), or acknowledge nothing, or the producer failed. What
  // is not reachable stays so until reached().
  void away(TopicTrouble trouble);
  // The brokers answer for the topic, and name no error of it.
  void reached();

  // The brokers refuse the topic: `tried` if they refused a record, else what they say about it.
  // Said in the log, with the cure, if nothing was wrong before.
  void block(rd_kafka_resp_err_t error, bool tried);
  // The brokers know the topic. `may_write`: and say that the gateway may write to it; without that
  // answer (brokers before Kafka 2.3) a topic that refused a record is tried again after a while,
  // each time a longer one.
  void seen(bool may_write);
  // A record was acknowledged.
  void written() noexcept { refusals_.store(0, std::memory_order_relaxed); }

 private:
  struct Block {
    rd_kafka_resp_err_t error;
    Clock::time_point refused_at;  // a record, last
  };

  // Tells health_, with mutex_ held.
  void tell();
  std::optional<TopicTrouble> trouble() const;
  // How long a topic that refused a record is left alone.
  std::chrono::seconds pause(bool may_write) const noexcept;

  const std::string name_;
  const bool takes_rejected_;
  const std::size_t place_;
  const KafkaSettings& settings_;
  Health& health_;
  const KafkaLog& log_;
  std::atomic<bool> open_{false};
  std::atomic<std::size_t> batch_bytes_max_{kKafkaBatchBytesMax};
  std::atomic<bool> limit_told_{false};
  std::atomic<int> refusals_{0};  // of records, since one was acknowledged
  mutable std::mutex mutex_;      // guards the next two
  std::optional<TopicTrouble> away_;
  std::optional<Block> block_;
};

}  // namespace penstock::gateway
