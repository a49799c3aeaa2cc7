#include "kafka_sink.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "create_topics.hpp"
#include "delivery.hpp"
#include "embedded_kafka.hpp"
#include "health.hpp"
#include "producer_conf.hpp"
#include "record_fit.hpp"
#include "record_weight.hpp"
#include "repeated_lines.hpp"
#include "sink_problem.hpp"
#include "supervisor.hpp"
#include "topic_state.hpp"

namespace penstock::gateway {
namespace {

std::unique_ptr<EmbeddedKafka> start_embedded(const KafkaSettings& settings,
                                              const std::vector<std::string>& topics,
                                              const KafkaLog& log) {
  if (!settings.brokers.empty()) return nullptr;
  return std::make_unique<EmbeddedKafka>(topics, settings.partitions, log);
}

// With librdkafka's lines said once each, and not by each producer for each attempt.
KafkaLog without_repetition(KafkaLog log) {
  return [log = std::move(log), lines = std::make_shared<RepeatedLines>()](KafkaLogLevel level,
                                                                           std::string_view text) {
    if (!text.starts_with(kLibraryLine)) return log(level, text);
    if (const auto line = lines->pass(text, RepeatedLines::Clock::now())) log(level, *line);
  };
}

KafkaSettings complete(KafkaSettings settings) {
  // The embedded Kafka is made with its topics.
  if (settings.brokers.empty()) settings.create_topics = false;
  return settings;
}

// To each topic its records, all at once: what one topic refuses is sent to the others all the
// same.
void hand_over(const std::vector<std::unique_ptr<Supervisor>>& supervisors,
               std::shared_ptr<const Batch> batch, QueueBudget::Lease lease,
               Delivery::Waiter waiter) {
  struct Load {
    std::shared_ptr<Producer>
        producer;  // held while it takes the part, not while the coroutine waits
    std::uint32_t records = 0;
    std::unique_ptr<DeliveryPart> part;
  };
  std::vector<Load> loads;
  loads.reserve(supervisors.size());
  for (const auto& supervisor : supervisors) {
    const auto& topic = supervisor->topic();
    const auto records = std::count_if(batch->events.begin(), batch->events.end(),
                                       [&](const Event& event) { return topic.takes(event); });
    if (records > 0)
      loads.push_back({supervisor->current(), static_cast<std::uint32_t>(records), nullptr});
  }
  const auto found =
      std::accumulate(loads.begin(), loads.end(), std::size_t{0},
                      [](std::size_t sum, const Load& load) { return sum + load.records; });
  if (found != batch->events.size()) throw std::logic_error("an event is for none of the topics");
  auto whole = std::make_unique<Delivery>(std::move(batch), std::move(lease), std::move(waiter),
                                          static_cast<std::uint32_t>(loads.size()));
  for (auto& load : loads)
    load.part = std::make_unique<DeliveryPart>(*whole, load.records, load.producer->in_flight());
  // From here they own themselves: a part is gone with its last report, the whole with its last
  // part.
  static_cast<void>(whole.release());
  for (auto& load : loads) load.producer->enqueue(*load.part.release());
}

}  // namespace

void KafkaSink::check(const KafkaSettings& settings) {
  const KafkaLog silent = [](KafkaLogLevel, std::string_view) {};
  LibraryReports reports(silent);
  ConfHandle conf = producer_conf(settings, "", reports);  // without brokers nobody connects
  std::array<char, 512> error{};
  const KafkaHandle producer(
      rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), error.data(), error.size()));
  if (!producer) {
    throw std::invalid_argument(
        std::string("kafka.properties: librdkafka cannot start with these: ") + error.data());
  }
  static_cast<void>(conf.release());  // now the producer's
}

KafkaSink::KafkaSink(KafkaSettings settings, KafkaLog log)
    : settings_(complete(std::move(settings))),
      log_(without_repetition(std::move(log))),
      topics_(topics_written(settings_)),
      embedded_(start_embedded(settings_, topics_, log_)),
      brokers_(embedded_ ? embedded_->bootstrap() : settings_.brokers),
      budget_(settings_.queue_events_max, settings_.queue_bytes_max),
      health_(std::make_unique<Health>(topics_.size(), log_)) {
  for (std::size_t i = 0; i < topics_.size(); ++i)
    states_.push_back(std::make_unique<TopicState>(topics_[i], i, settings_, *health_, log_));
  for (const auto& state : states_)
    supervisors_.push_back(std::make_unique<Supervisor>(settings_, brokers_, *state, log_));
}

KafkaSink::~KafkaSink() {
  for (const auto& each : supervisors_) each->stop();
}

net::awaitable<Outcome<void>> KafkaSink::deliver(std::shared_ptr<const Batch> batch) {
  if (batch->events.empty()) co_return Outcome<void>();
  std::size_t bytes = 0;
  if (auto fits = check(*batch, bytes); !fits) co_return fits;
  auto lease = budget_.take(batch->events.size(), bytes);
  if (!lease) co_return kafka_overloaded();

  const auto executor = co_await net::this_coro::executor;
  auto start = [&](Delivery::Done done) {
    hand_over(supervisors_, std::move(batch), std::move(*lease), {executor, std::move(done)});
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Outcome<void>)>(
      start, net::use_awaitable);
}

void KafkaSink::fit(Batch& batch) const {
  for (Event& event : batch.events) {
    for (const auto& state : states_) {
      if (event.reject || !state->takes(event)) continue;
      const auto limit = state->batch_bytes_max();
      if (record_batch_bytes_max(batch, event) > limit) reject_too_large(batch, event, limit);
    }
    if (event.reject) cut_letter(batch, event, states_.back()->batch_bytes_max());
  }
}

Outcome<void> KafkaSink::check(const Batch& batch, std::size_t& bytes) const {
  if (!available()) return kafka_unavailable();
  const bool look_at_topics =
      std::any_of(states_.begin(), states_.end(), [](const auto& state) { return !state->open(); });
  for (const Event& event : batch.events) {
    bytes += event.record.size() + record_overhead_bytes(batch, event);
    if (!look_at_topics) continue;
    for (const auto& state : states_) {
      if (!state->takes(event)) continue;
      if (state->refusal()) return kafka_unavailable();
    }
  }
  return {};
}

std::size_t KafkaSink::overhead_bytes(const Batch& batch) noexcept {
  std::size_t bytes = 0;
  for (const Event& event : batch.events) bytes += record_overhead_bytes(batch, event);
  return bytes;
}

Problem KafkaSink::unavailable() { return kafka_unavailable(); }

bool KafkaSink::available() const noexcept { return health_->available(); }

KafkaAvailability KafkaSink::availability() const { return health_->availability(); }

std::string KafkaSink::reason() const { return health_->reason(); }

bool KafkaSink::flush(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  return std::all_of(supervisors_.begin(), supervisors_.end(),
                     [&](const auto& each) { return each->flush(deadline); });
}

KafkaStats KafkaSink::stats() const noexcept {
  std::uint64_t replacements = 0;
  for (const auto& each : supervisors_) replacements += each->replacements();
  return {budget_.events(), budget_.bytes(), replacements};
}

}  // namespace penstock::gateway
