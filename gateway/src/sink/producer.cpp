#include "producer.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "connection_fault.hpp"
#include "dead_letter.hpp"
#include "record_headers.hpp"
#include "sink_problem.hpp"

namespace penstock::gateway {
namespace {

// How long it may take to notice that the producer is retired.
constexpr std::chrono::milliseconds kPoll{100};

KafkaHandle start(const KafkaSettings& settings, const std::string& brokers,
                  LibraryReports& reports, std::size_t batch_bytes_max) {
  auto conf = producer_conf(settings, brokers, reports, batch_bytes_max);
  std::array<char, 512> error{};
  KafkaHandle handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), error.data(), error.size()));
  if (!handle) throw std::runtime_error(std::string("cannot start librdkafka: ") + error.data());
  static_cast<void>(conf.release());  // now the handle's
  return handle;
}

// What became of a record. librdkafka also takes one for written, without an offset, when a later
// one of its partition was: Kafka would refuse that one with a gap before it. But Kafka takes any
// number for the first of a producer that is new to the partition; and while a partition is being
// made, the first request may fail and the second be taken. So a record without an offset may be
// missing, and its client has to send it again.
rd_kafka_resp_err_t outcome_of(const rd_kafka_message_t& message) {
  const bool in_doubt = message.err == RD_KAFKA_RESP_ERR_NO_ERROR && message.offset < 0;
  return in_doubt ? RD_KAFKA_RESP_ERR__INCONSISTENT : message.err;
}

// Consequences of a failure that has been noted already, not causes.
bool is_echo(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
         error == RD_KAFKA_RESP_ERR__FATAL;
}

}  // namespace

Producer::Producer(const KafkaSettings& settings, const std::string& brokers, TopicState& topic,
                   const KafkaLog& log)
    : topic_(topic),
      log_(log),
      reports_(log),
      brokers_(brokers),
      batch_bytes_max_(topic.batch_bytes_max()),
      linger_(settings.linger),
      handle_(start(settings, brokers, reports_, batch_bytes_max_)),
      topic_handle_(rd_kafka_topic_new(handle_.get(), topic.name().c_str(), nullptr)),
      queue_(rd_kafka_queue_get_main(handle_.get())),
      at_once_(handle_.get()),
      last_acknowledged_(Clock::now().time_since_epoch().count()),
      thread_([this] { run(); }) {}

Producer::~Producer() {
  retire(kafka_unavailable());
  thread_.join();
}

void Producer::enqueue(DeliveryPart& part) {
  part.start();
  DeliveryPart* due = nullptr;
  bool refused = false;
  {
    // What waits is handed over by the thread, which does not end before all that is started is
    // reported.
    const std::shared_lock lock(retire_mutex_);
    refused = retired_;
    if (!refused) due = linger_.add(part);
  }
  if (refused) hand_over_one(part);
  hand_over(due);
}

void Producer::hand_over(DeliveryPart* first) {
  if (first == nullptr) return;
  std::uint64_t not_taken = 0;
  while (first != nullptr) {
    DeliveryPart& part = *first;
    first = part.next_waiting;  // before its last report deletes it
    if (const auto left = hand_over_one(part)) {
      not_taken += *left;
    } else {
      linger_.put_back(part);
    }
    if (first == nullptr && not_taken > 0) first = linger_.reported(std::exchange(not_taken, 0));
  }
  if (linger_.many_come())
    at_once_.rest();
  else
    at_once_.send();
}

std::optional<std::uint32_t> Producer::hand_over_one(DeliveryPart& part) {
  const std::uint32_t records = part.records();
  auto error = part.error();
  {
    const std::shared_lock lock(retire_mutex_);
    if (retired_) error = RD_KAFKA_RESP_ERR__FATAL;
    const auto& events = part.batch().events;
    for (; part.next_event < events.size(); ++part.next_event) {
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) break;
      const Event& event = events[part.next_event];
      if (!topic_.takes(event)) continue;
      const auto partition = partition_of(event.key);
      if (partition >= 0 && !start_.may_go(partition)) return std::nullopt;
      error = produce(part, event);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++part.taken;
      } else if (partition >= 0) {
        start_.reported(partition, false);
      }
    }
    if (TopicState::is_topic_error(error)) topic_.block(error, true);
  }
  const auto left = records - part.taken;
  part.report(left + 1, error);
  return left;
}

std::int32_t Producer::partition_of(std::string_view key) const noexcept {
  if (key.empty() || start_.over() || start_.count() == 0) return -1;
  return rd_kafka_msg_partitioner_murmur2_random(topic_handle_.get(), key.data(), key.size(),
                                                 start_.count(), nullptr, nullptr);
}

rd_kafka_resp_err_t Producer::produce(DeliveryPart& part, const Event& event) {
  const Batch& batch = part.batch();
  const std::string_view key = event.key;
  auto headers = event.reject ? dead_letter_headers(batch, event) : record_headers(batch, event);

  std::array<rd_kafka_vu_t, 6> values{};
  values[0].vtype = RD_KAFKA_VTYPE_RKT;
  values[0].u.rkt = topic_handle_.get();
  values[1].vtype = RD_KAFKA_VTYPE_VALUE;  // not copied: the Delivery keeps the batch
  values[1].u.mem = {const_cast<char*>(event.record.data()), event.record.size()};
  values[2].vtype = RD_KAFKA_VTYPE_KEY;
  // Without a key the record goes to any partition, instead of all such to the same.
  values[2].u.mem = {key.empty() ? nullptr : const_cast<char*>(key.data()), key.size()};
  values[3].vtype = RD_KAFKA_VTYPE_HEADERS;
  values[3].u.headers = headers.get();
  values[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  values[4].u.ptr = &part;
  values[5].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  values[5].u.i = 0;

  const ErrorHandle error(rd_kafka_produceva(handle_.get(), values.data(), values.size()));
  if (error) return rd_kafka_error_code(error.get());
  static_cast<void>(headers.release());  // now the record's
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void Producer::retire(const Problem& problem) {
  {
    const std::unique_lock lock(retire_mutex_);
    if (std::exchange(retired_, true)) return;
  }
  in_flight_.answer_all(problem);
  ending_ = true;
}

Producer::Clock::time_point Producer::last_acknowledged() const noexcept {
  return Clock::time_point(Clock::duration(last_acknowledged_.load(std::memory_order_relaxed)));
}

std::optional<std::string> Producer::fatal_error() const {
  std::array<char, 512> text{};
  if (rd_kafka_fatal_error(handle_.get(), text.data(), text.size()) == RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  return text.data();
}

std::string Producer::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

std::optional<std::string> Producer::ask(std::chrono::milliseconds timeout, Answer& answer) {
  const struct rd_kafka_metadata* found = nullptr;
  const auto error = rd_kafka_metadata(handle_.get(), 0, topic_handle_.get(), &found,
                                       static_cast<int>(timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const auto last = last_error();
    return last.empty() ? silent_brokers(brokers_) : last;
  }
  if (found->topic_cnt == 1) {
    answer.topic_error = found->topics[0].err;
    start_.set_count(found->topics[0].partition_cnt);
  }
  if (found->broker_cnt > 0) answer.broker = found->brokers[0].id;
  rd_kafka_metadata_destroy(found);
  return std::nullopt;
}

void Producer::run() {
  while (!ending_) {
    const EventHandle event(
        rd_kafka_queue_poll(queue_.get(), static_cast<int>(linger_.sleep(kPoll).count())));
    serve(event.get());
    hand_over(linger_.overdue());
  }
  // Records that librdkafka still holds point at their part of a batch, so it must let go of each
  // before the end. Again and again: a record may be on its way between two of its queues.
  while (in_flight_.oldest()) {
    hand_over(linger_.all());
    rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    const EventHandle event(rd_kafka_queue_poll(queue_.get(), static_cast<int>(kPoll.count())));
    serve(event.get());
  }
  at_once_.stop();
  topic_handle_.reset();
  queue_.reset();
  handle_.reset();  // here, because it may take its time: the supervisor must not wait for it
  finished_.store(true, std::memory_order_release);
}

void Producer::serve(rd_kafka_event_t* event) {
  if (event == nullptr) return;
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_DR:
      return serve_reports(event);
    case RD_KAFKA_EVENT_ERROR:
      return serve_error(event);
    default:
      return;
  }
}

void Producer::serve_reports(rd_kafka_event_t* event) {
  // Reports come in runs of one batch: count a run, and touch its part once.
  DeliveryPart* part = nullptr;
  auto error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::uint32_t run = 0;
  std::uint64_t all = 0;
  bool acknowledged = false;
  while (const auto* message = rd_kafka_event_message_next(event)) {
    auto* const of = static_cast<DeliveryPart*>(message->_private);
    const auto outcome = outcome_of(*message);
    if (of != part || outcome != error) {
      if (part != nullptr) part->report(run, error);
      part = of;
      error = outcome;
      run = 0;
    }
    ++run;
    ++all;
    start_.reported(message->partition, outcome == RD_KAFKA_RESP_ERR_NO_ERROR);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      acknowledged = true;
    } else if (run == 1) {
      note_failure(error);
    }
  }
  if (part != nullptr) part->report(run, error);
  if (acknowledged) {
    topic_.written();
    last_acknowledged_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
  }
  hand_over(linger_.reported(all));
}

void Producer::note_failure(rd_kafka_resp_err_t error) {
  if (is_echo(error)) return;
  const std::string& name = topic_.name();
  if (error == RD_KAFKA_RESP_ERR__INCONSISTENT) {
    return log_(KafkaLogLevel::kWarning, "Kafka may have missed records for topic " + name +
                                             "; their clients are asked to send them again");
  }
  if (TopicState::is_topic_error(error)) return topic_.block(error, true);
  const std::string text =
      "Kafka refused records for topic " + name + ": " + rd_kafka_err2str(error);
  {
    const std::lock_guard lock(mutex_);
    if (text == last_error_) return;  // one refusal comes as many reports
    last_error_ = text;
  }
  log_(KafkaLogLevel::kError, text);
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) topic_.size_refused();
}

void Producer::serve_error(rd_kafka_event_t* event) {
  const auto error = rd_kafka_event_error(event);
  if (error == RD_KAFKA_RESP_ERR__FATAL) return;  // fatal_error() tells
  suspicion_ = true;
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;  // says less than what came before it
  const std::lock_guard lock(mutex_);
  last_error_ = connection_fault(rd_kafka_event_error_string(event), reports_.certificate_error);
}

}  // namespace penstock::gateway
