// One idempotent producer of librdkafka for one topic, from its making to its end, and the thread
// that takes its delivery reports.
//
// Why each topic has its own. What goes wrong with one topic (it is missing, may not be written to,
// refuses a record) fails the producer, see below, and must not fail what goes elsewhere.
//
// Why it can be retired. Of one batch, a record must never fail while one behind it in the same
// partition arrives: the client would send the batch again, and its first record would lie behind
// the second. librdkafka keeps that order as long as the producer lives, but then gives up single
// records (their time is over, the broker refuses one). So single records never time out here, a
// refusal is fatal (enable.gapless.guarantee), and when something is stuck or fatal all that is in
// flight fails together: each partition has then got a beginning of what it was sent, without a
// gap.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>

#include "at_once.hpp"
#include "delivery.hpp"
#include "in_flight.hpp"
#include "kafka_handles.hpp"
#include "kafka_settings.hpp"
#include "linger.hpp"
#include "partition_start.hpp"
#include "producer_conf.hpp"
#include "topic_state.hpp"

namespace penstock::gateway {

// Any thread, unless said otherwise.
class Producer {
 public:
  using Clock = InFlight::Clock;

  // Connects in the background. Throws std::invalid_argument as producer_conf() does, and
  // std::runtime_error when librdkafka cannot start. All arguments outlive it.
  Producer(const KafkaSettings& settings, const std::string& brokers, TopicState& topic,
           const KafkaLog& log);
  // Retires it, if nobody has, and waits until it is gone.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Starts `part` and sees to it that the records of its batch that are for the topic are handed
  // over, now or when Linger says so.
  void enqueue(DeliveryPart& part);

  // Takes no more, answers all that is in flight with `problem`, drops what is not yet sent, and
  // ends the thread as soon as librdkafka lets go. Does not wait. Only the first call counts.
  void retire(const Problem& problem);
  // Retired, and the thread has ended: the destructor will not wait.
  bool finished() const noexcept { return finished_.load(std::memory_order_acquire); }

  InFlight& in_flight() noexcept { return in_flight_; }
  // When the brokers last acknowledged something.
  Clock::time_point last_acknowledged() const noexcept;
  // librdkafka's own reason why this producer is of no use any more.
  std::optional<std::string> fatal_error() const;
  // Whether librdkafka has said since the last call that no broker can be reached.
  bool take_suspicion() noexcept { return suspicion_.exchange(false); }
  // What was last wrong with a connection; "" if nothing was.
  std::string last_error() const;

  // What the brokers say about the topic.
  struct Answer {
    rd_kafka_resp_err_t topic_error = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::int32_t broker = -1;  // one that is there
  };
  // Asks them, waiting at most `timeout`. The error of the way there, or nothing and `answer`.
  std::optional<std::string> ask(std::chrono::milliseconds timeout, Answer& answer);

  rd_kafka_t* handle() const noexcept { return handle_.get(); }
  // The topic's limit at the time that it was made.
  std::size_t batch_bytes_max() const noexcept { return batch_bytes_max_; }

 private:
  // Hands over `first` and those that hang on it.
  void hand_over(DeliveryPart* first);
  // In the order of the records' index, and gives the part its extra report. Stops at the first
  // that librdkafka does not take: those behind it must not overtake it. Returns how many it did
  // not take, or nothing if the part has to wait with the rest (PartitionStart).
  std::optional<std::uint32_t> hand_over_one(DeliveryPart& part);
  void run();
  void serve(rd_kafka_event_t* event);
  void serve_reports(rd_kafka_event_t* event);
  void serve_error(rd_kafka_event_t* event);
  void note_failure(rd_kafka_resp_err_t error);
  rd_kafka_resp_err_t produce(DeliveryPart& part, const Event& event);
  // Where records with the key go; -1 if it does not matter.
  std::int32_t partition_of(std::string_view key) const noexcept;

  TopicState& topic_;
  const KafkaLog& log_;
  LibraryReports reports_;
  const std::string brokers_;
  const std::size_t batch_bytes_max_;
  InFlight in_flight_;
  Linger linger_;
  PartitionStart start_;
  KafkaHandle handle_;
  TopicHandle topic_handle_;
  QueueHandle queue_;
  AtOnce at_once_;

  mutable std::mutex mutex_;  // guards the next one
  std::string last_error_;

  std::shared_mutex retire_mutex_;  // shared by enqueue(): no batch is cut in two by retire()
  bool retired_ = false;            // guarded by it
  std::atomic<bool> ending_{false};
  std::atomic<bool> finished_{false};
  std::atomic<bool> suspicion_{false};
  std::atomic<Clock::rep> last_acknowledged_;
  std::thread thread_;
};

}  // namespace penstock::gateway
