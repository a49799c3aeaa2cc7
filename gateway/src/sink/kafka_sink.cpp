#include "kafka_sink.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "create_topics.hpp"
#include "dead_letter.hpp"
#include "delivery.hpp"
#include "embedded_kafka.hpp"
#include "producer_conf.hpp"
#include "record_weight.hpp"
#include "sink_problem.hpp"
#include "supervisor.hpp"

namespace penstock::gateway {
namespace {

std::unique_ptr<EmbeddedKafka> start_embedded(const KafkaSettings& settings,
                                              const std::vector<std::string>& topics,
                                              const KafkaLog& log) {
  if (!settings.brokers.empty()) return nullptr;
  return std::make_unique<EmbeddedKafka>(topics, settings.partitions, log);
}

KafkaSettings complete(KafkaSettings settings) {
  // The embedded Kafka is made with its topics.
  if (settings.brokers.empty()) settings.create_topics = false;
  return settings;
}

}  // namespace

void KafkaSink::check(const KafkaSettings& settings) {
  const KafkaLog silent = [](KafkaLogLevel, std::string_view) {};
  const ConfHandle conf = producer_conf(settings, settings.brokers, silent);
}

KafkaSink::KafkaSink(KafkaSettings settings, KafkaLog log)
    : settings_(complete(std::move(settings))),
      log_(std::move(log)),
      topics_(topics_written(settings_)),
      embedded_(start_embedded(settings_, topics_, log_)),
      brokers_(embedded_ ? embedded_->bootstrap() : settings_.brokers),
      budget_(settings_.queue_events_max, settings_.queue_bytes_max),
      supervisor_(std::make_unique<Supervisor>(settings_, brokers_, log_)) {}

KafkaSink::~KafkaSink() = default;

net::awaitable<std::optional<Problem>> KafkaSink::deliver(std::shared_ptr<const Batch> batch) {
  if (batch->events.empty()) co_return std::nullopt;
  std::size_t bytes = 0;
  if (auto refused = refuse(*batch, bytes)) co_return refused;
  auto lease = budget_.take(batch->events.size(), bytes);
  if (!lease) co_return kafka_overloaded();

  const auto executor = co_await net::this_coro::executor;
  auto start = [&](Delivery::Done done) {
    // Held while it takes the batch, not while the coroutine waits: then the sink may end it.
    const auto producer = supervisor_->current();
    // Its own from here: gone as soon as the last report is in.
    auto* const delivery =
        new Delivery(std::move(batch), std::move(*lease),
                     Delivery::Waiter{executor, std::move(done)}, producer->in_flight());
    producer->enqueue(*delivery);
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>,
                                         void(std::optional<Problem>)>(start, net::use_awaitable);
}

std::optional<Problem> KafkaSink::refuse(const Batch& batch, std::size_t& bytes) const {
  const auto& health = supervisor_->health();
  if (!health.available()) return kafka_unavailable(health.reason());
  const auto& gate = supervisor_->gate();
  const bool look_at_topics = gate.any_blocked();
  for (const Event& event : batch.events) {
    const auto key = event.reject ? dead_letter_key(batch, event) : event.key;
    const auto record_bytes = event.record.size() + key.size();
    if (record_bytes > kKafkaRecordBytesMax) return record_too_large(event.index, record_bytes);
    bytes += event.record.size() + record_overhead_bytes(batch, event);
    if (!look_at_topics) continue;
    const std::string_view topic = event.reject ? topics_.back() : event.topic;
    if (auto why = gate.refusal(topic)) return kafka_unavailable(std::move(*why));
  }
  return std::nullopt;
}

std::size_t KafkaSink::overhead_bytes(const Batch& batch) noexcept {
  std::size_t bytes = 0;
  for (const Event& event : batch.events) bytes += record_overhead_bytes(batch, event);
  return bytes;
}

bool KafkaSink::available() const noexcept { return supervisor_->health().available(); }

std::string KafkaSink::reason() const { return supervisor_->health().reason(); }

bool KafkaSink::flush(std::chrono::milliseconds timeout) { return supervisor_->flush(timeout); }

KafkaStats KafkaSink::stats() const noexcept {
  return {budget_.events(), budget_.bytes(), supervisor_->replacements()};
}

}  // namespace penstock::gateway
