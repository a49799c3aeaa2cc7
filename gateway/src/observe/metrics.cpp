#include "metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>

#include "key_metrics.hpp"

namespace penstock::gateway {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

// Seconds. A batch through a healthy Kafka takes some milliseconds (linger and one round trip); the
// upper end is where delivery_timeout lies.
const Histogram::BucketBoundaries kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                              0.25,  0.5,    1,     2.5,  5,     10,   30};

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

Family<Counter>& counters(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Gauge& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, kSeconds);
}

}  // namespace

// References into the registry, so that counting looks nothing up.
struct Metrics::Instruments {
  Registry registry;
  KeyMetrics keys{registry};
  std::array<Counter*, 5> requests_by_class{};  // 1xx to 5xx
  std::array<Counter*, kRejectCodes> rejected_by_code{};
  std::array<Counter*, wire::kDropReasons> dropped_by_clients{};
  Family<Counter>& refused = counters(registry, "penstock_requests_refused_total",
                                      "Requests refused as a whole, by the problem's code");
  Counter& accepted = counters(registry, "penstock_events_accepted_total",
                               "Events that the brokers have acknowledged")
                          .Add({});
  Counter& erasures = counters(registry, "penstock_erasures_accepted_total",
                               "Installs whose erasure was asked for, acknowledged by the brokers")
                          .Add({});
  Counter& body_bytes =
      counters(registry, "penstock_body_bytes_total", "Bytes of request bodies, as they travelled")
          .Add({});
  Counter& connections_opened =
      counters(registry, "penstock_connections_opened_total", "Connections accepted").Add({});
  Counter& proxy_headers_refused =
      counters(registry, "penstock_proxy_headers_refused_total",
               "Connections of load balancers that were ended since their PROXY header was wrong")
          .Add({});
  Histogram& request_seconds = histogram(registry, "penstock_request_duration_seconds",
                                         "From a request's head to its answer");
  Histogram& delivery_seconds =
      histogram(registry, "penstock_delivery_duration_seconds",
                "From handing a batch to Kafka to its last acknowledgement");
  Gauge& bodies_in_flight = gauge(registry, "penstock_bodies_in_flight_bytes",
                                  "What requests hold in memory now, until Kafka has their events");
  Gauge& bodies_in_flight_max =
      gauge(registry, "penstock_bodies_in_flight_max_bytes",
            "What requests may hold in memory together; beyond that they are refused");
  Gauge& connections = gauge(registry, "penstock_connections", "Connections that are open now");
  Gauge& connections_max =
      gauge(registry, "penstock_connections_max", "Connections that may be open at the same time");
  Gauge& kafka_events = gauge(registry, "penstock_kafka_events_in_flight",
                              "Events handed to Kafka that are not acknowledged yet");
  Gauge& kafka_bytes =
      gauge(registry, "penstock_kafka_bytes_in_flight", "Bytes of the records of these events");
  Gauge& kafka_replacements =
      gauge(registry, "penstock_kafka_producer_replacements",
            "How often the producer was replaced because it was stuck or broken");
  Family<Counter>& reloads = counters(registry, "penstock_config_reloads_total",
                                      "Times that SIGHUP had the configuration read again");
  Counter& reloads_applied = reloads.Add({{"result", "applied"}});
  Counter& reloads_refused = reloads.Add({{"result", "refused"}});
  Gauge& last_reload_successful = gauge(registry, "penstock_config_last_reload_successful",
                                        "0 if the configuration that was read last was refused");
  Gauge& certificate_until =
      gauge(registry, "penstock_certificate_expiry_timestamp_seconds",
            "When the first certificate of the chain ends, Unix time; 0: plain HTTP");
  Gauge& loop_lag = gauge(registry, "penstock_event_loop_lag_seconds",
                          "How long the clock tick of the slowest event loop is overdue");
  Gauge& draining = gauge(registry, "penstock_draining", "1 from SIGTERM on");
  Gauge& pressure =
      gauge(registry, "penstock_pressure",
            "How near the gateway is to its limits, 0 to 1: the highest of penstock_pressure_part");
  std::array<Gauge*, kPressureParts.size()> pressure_parts{};
  Gauge& ready =
      gauge(registry, "penstock_ready", "1 if an event can be kept now, as /readyz says");
};

Metrics::Metrics(std::string_view version) : instruments_(std::make_unique<Instruments>()) {
  instruments_->last_reload_successful.Set(1);
  Registry& registry = instruments_->registry;
  auto& requests = counters(registry, "penstock_requests_total", "Requests answered, by status");
  for (std::size_t i = 0; i < instruments_->requests_by_class.size(); ++i)
    instruments_->requests_by_class[i] = &requests.Add({{"status", std::to_string(i + 1) + "xx"}});

  auto& rejected = counters(registry, "penstock_events_rejected_total",
                            "Events whose dead letter the brokers have acknowledged, by code");
  for (std::size_t i = 0; i < kRejectCodes; ++i) {
    const auto code = wire::reject_code_name(static_cast<wire::RejectCode>(i));
    instruments_->rejected_by_code[i] = &rejected.Add({{"code", std::string(code)}});
  }

  auto& dropped = counters(registry, "penstock_client_dropped_events_total",
                           "Events that clients gave up and reported, by their reason");
  for (std::size_t i = 0; i < wire::kDropReasons; ++i)
    instruments_->dropped_by_clients[i] =
        &dropped.Add({{"reason", std::string(wire::kDropReasonNames[i])}});

  auto& parts = prometheus::BuildGauge()
                    .Name("penstock_pressure_part")
                    .Help("How near each limit is, 0 to 1")
                    .Register(registry);
  for (std::size_t i = 0; i < kPressureParts.size(); ++i)
    instruments_->pressure_parts[i] = &parts.Add({{"part", std::string(kPressureParts[i].name)}});

  prometheus::BuildGauge()
      .Name("penstock_build_info")
      .Help("Always 1; the version is its label")
      .Register(registry)
      .Add({{"version", std::string(version)}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::set_keys(const std::vector<std::string>& ids) { instruments_->keys.set_keys(ids); }

void Metrics::request_answered(std::string_view key_id, int status,
                               std::chrono::nanoseconds duration, std::size_t body_bytes) {
  const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  instruments_->requests_by_class[status_class - 1]->Increment();
  instruments_->request_seconds.Observe(seconds(duration));
  instruments_->body_bytes.Increment(static_cast<double>(body_bytes));
  if (const auto* key = instruments_->keys.find(key_id)) {
    key->requests->Increment();
    key->body_bytes->Increment(static_cast<double>(body_bytes));
  }
}

void Metrics::request_refused(std::string_view key_id, std::string_view code) {
  instruments_->keys.request_refused(key_id, code);
  instruments_->refused.Add({{"code", std::string(code)}}).Increment();
}

void Metrics::events_accepted(std::string_view key_id, std::size_t count) {
  instruments_->accepted.Increment(static_cast<double>(count));
  if (const auto* key = instruments_->keys.find(key_id))
    key->accepted->Increment(static_cast<double>(count));
}

void Metrics::erasures_accepted(std::size_t count) {
  instruments_->erasures.Increment(static_cast<double>(count));
}

void Metrics::event_rejected(std::string_view key_id, wire::RejectCode code) {
  const auto index = static_cast<std::size_t>(code);
  instruments_->rejected_by_code.at(index)->Increment();
  if (const auto* key = instruments_->keys.find(key_id))
    key->rejected_by_code.at(index)->Increment();
}

void Metrics::events_dropped_by_client(std::string_view reason, std::uint64_t count) {
  const auto index = static_cast<std::size_t>(wire::drop_reason_of(reason));
  instruments_->dropped_by_clients[index]->Increment(static_cast<double>(count));
}

void Metrics::delivered(std::chrono::nanoseconds duration) {
  instruments_->delivery_seconds.Observe(seconds(duration));
}

void Metrics::connection_opened() { instruments_->connections_opened.Increment(); }

void Metrics::proxy_header_refused() { instruments_->proxy_headers_refused.Increment(); }

void Metrics::config_reloaded(bool applied) {
  (applied ? instruments_->reloads_applied : instruments_->reloads_refused).Increment();
  instruments_->last_reload_successful.Set(applied ? 1 : 0);
}

std::string Metrics::exposition(const GaugeReadings& readings) {
  instruments_->bodies_in_flight.Set(static_cast<double>(readings.bodies_in_flight_bytes));
  instruments_->bodies_in_flight_max.Set(static_cast<double>(readings.bodies_in_flight_bytes_max));
  instruments_->connections.Set(static_cast<double>(readings.connections));
  instruments_->connections_max.Set(static_cast<double>(readings.connections_max));
  instruments_->kafka_events.Set(static_cast<double>(readings.kafka_events_in_flight));
  instruments_->kafka_bytes.Set(static_cast<double>(readings.kafka_bytes_in_flight));
  instruments_->kafka_replacements.Set(static_cast<double>(readings.kafka_producer_replacements));
  instruments_->certificate_until.Set(static_cast<double>(readings.certificate_until.count()));
  instruments_->draining.Set(readings.draining ? 1 : 0);
  instruments_->loop_lag.Set(seconds(readings.loop_lag));
  instruments_->pressure.Set(readings.pressure.highest());
  for (std::size_t i = 0; i < kPressureParts.size(); ++i)
    instruments_->pressure_parts[i]->Set(readings.pressure.*kPressureParts[i].value);
  instruments_->ready.Set(readings.ready ? 1 : 0);
  return prometheus::TextSerializer().Serialize(instruments_->registry.Collect());
}

}  // namespace penstock::gateway
