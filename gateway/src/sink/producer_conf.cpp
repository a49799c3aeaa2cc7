#include "producer_conf.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "connection_fault.hpp"

namespace penstock::gateway {
namespace {

struct Refused {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kPromise = "what the gateway promises rests on its value";
constexpr std::array kRefused{
    Refused{"acks", kPromise},
    Refused{"request.required.acks", kPromise},
    Refused{"enable.idempotence", kPromise},
    Refused{"enable.gapless.guarantee", kPromise},
    Refused{"queuing.strategy", kPromise},
    Refused{"retries", kPromise},
    Refused{"message.send.max.retries", kPromise},
    Refused{"partitioner", "joins downstream rest on Java's partitions"},
    Refused{"delivery.report.only.error", "the answer to a request waits for every report"},
    Refused{"dr_cb", "the answer to a request waits for every report"},
    Refused{"dr_msg_cb", "the answer to a request waits for every report"},
    Refused{"transactional.id", "the gateway has no transactions: consumers dedupe by eventId"},
    Refused{"test.mock.num.brokers", "leave kafka.brokers empty for an embedded Kafka"},
    Refused{"bootstrap.servers", "use kafka.brokers"},
    Refused{"metadata.broker.list", "use kafka.brokers"},
    Refused{"message.timeout.ms", "use kafka.delivery_timeout"},
    Refused{"delivery.timeout.ms", "use kafka.delivery_timeout"},
    Refused{"linger.ms", "use kafka.linger"},
    Refused{"queue.buffering.max.ms", "use kafka.linger"},
    Refused{"compression.codec", "use kafka.compression"},
    Refused{"compression.type", "use kafka.compression"},
    Refused{"message.max.bytes", "the gateway's limits on events are made for its value"},
    Refused{"queue.buffering.max.messages", "the gateway bounds its queue itself"},
    Refused{"queue.buffering.max.kbytes", "the gateway bounds its queue itself"},
};

void refuse_reserved(const KafkaSettings& settings) {
  for (const auto& [name, why] : kRefused) {
    if (!settings.properties.contains(std::string(name))) continue;
    throw std::invalid_argument("kafka.properties." + std::string(name) + ": cannot be set here (" +
                                std::string(why) + "); remove it");
  }
}

// `setting` is the name that the operator knows it by.
void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value,
         const std::string& setting) {
  std::array<char, 512> error{};
  const auto result =
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size());
  if (result == RD_KAFKA_CONF_OK) return;
  // librdkafka's text repeats the value of a known name, which may be a secret.
  const std::string what = result == RD_KAFKA_CONF_UNKNOWN
                               ? "librdkafka has no such property"
                               : "librdkafka does not take this value; see its CONFIGURATION.md";
  throw std::invalid_argument(setting + ": " + what);
}

void set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  set(conf, name, value, "librdkafka's " + name);
}

// librdkafka warns of each property that it calls experimental. That one is ours, and known.
bool is_about_our_choice(const char* text) {
  return std::string_view(text).find("enable.gapless.guarantee is experimental") !=
         std::string_view::npos;
}

void on_log(const rd_kafka_t* producer, int level, const char* facility, const char* text) {
  constexpr int kSyslogWarning = 4;
  // What is wrong with a certificate is in the line about its connection, too.
  if (is_about_our_choice(text) || std::string_view(facility) == "SSLCERTVRFY") return;
  const auto* reports = static_cast<const LibraryReports*>(rd_kafka_opaque(producer));
  const bool is_fault = std::string_view(facility) == "FAIL";
  // Errors of single connections are warnings here: librdkafka goes on, and the sink judges.
  reports->log(level <= kSyslogWarning ? KafkaLogLevel::kWarning : KafkaLogLevel::kInfo,
               std::string(kLibraryLine) + facility + ": " +
                   (is_fault ? connection_fault(text, reports->certificate_error) : text));
}

// librdkafka tells only that OpenSSL refuses a certificate, not why.
int on_certificate(rd_kafka_t*, const char*, std::int32_t, int* error, int, const char*,
                   std::size_t, char*, std::size_t, void* opaque) {
  if (*error == X509_V_OK) return 1;
  static_cast<LibraryReports*>(opaque)->certificate_error = *error;
  return 0;
}

void set_promises(rd_kafka_conf_t* conf) {
  set(conf, "acks", "all");
  set(conf, "enable.idempotence", "true");
  // A record that is refused for good stops those behind it, too.
  set(conf, "enable.gapless.guarantee", "true");
  set(conf, "partitioner", "murmur2_random");
  set(conf, "message.timeout.ms", std::to_string(std::numeric_limits<int>::max()));
}

void set_speed(rd_kafka_conf_t* conf, const KafkaSettings& settings) {
  set(conf, "linger.ms", std::to_string(settings.linger.count()),
      "kafka.linger");  // where many come: Linger
  set(conf, "compression.codec", settings.compression, "kafka.compression");
  set(conf, "message.max.bytes", std::to_string(kKafkaBatchBytesMax));
  // The sink refuses whole batches before these are reached.
  set(conf, "queue.buffering.max.messages", std::to_string(2 * settings.queue_events_max),
      "kafka.queue_events_max");
  set(conf, "queue.buffering.max.kbytes", std::to_string(settings.queue_bytes_max / 512 + 1),
      "kafka.queue_bytes_max");
}

void set_recovery(rd_kafka_conf_t* conf, const KafkaSettings& settings) {
  using namespace std::chrono_literals;
  // A broker that hangs is given up in time for one more try elsewhere.
  const auto request =
      std::clamp<std::chrono::milliseconds>(settings.delivery_timeout / 2, 1s, 60s);
  set(conf, "socket.timeout.ms", std::to_string(request.count()));
  set(conf, "request.timeout.ms", std::to_string(request.count()));
  // An attempt to connect that nobody answers: TCP itself asks again ever more rarely, and after a
  // cut of half a minute not for the next quarter of one.
  set(conf, "socket.connection.setup.timeout.ms", "2000");
  // Back within about a second once Kafka is; the default waits up to 10 s between two tries.
  set(conf, "reconnect.backoff.max.ms", "1000");
  // How long a topic may be unknown before its records fail: the default is longer than a request
  // lives.
  set(conf, "topic.metadata.propagation.max.ms", "2000");
  set(conf, "log.connection.close", "false");
  // What the gateway creates gets the partitions asked for, not the broker's default.
  set(conf, "allow.auto.create.topics", "false");
}

// To what the topic takes; what the operator has set may be less.
void limit_batches(rd_kafka_conf_t* conf, std::size_t bytes_max) {
  std::array<char, 32> text{};
  std::size_t size = text.size();
  rd_kafka_conf_get(conf, "batch.size", text.data(), &size);
  const std::size_t now = std::strtoul(text.data(), nullptr, 10);
  set(conf, "batch.size", std::to_string(std::min(now, bytes_max)));
}

}  // namespace

ConfHandle producer_conf(const KafkaSettings& settings, const std::string& brokers,
                         LibraryReports& reports, std::size_t batch_bytes_max) {
  refuse_reserved(settings);
  ConfHandle conf(rd_kafka_conf_new());
  if (!brokers.empty()) set(conf.get(), "bootstrap.servers", brokers, "kafka.brokers");
  set(conf.get(), "client.id", "penstock-gateway");
  set_promises(conf.get());
  set_speed(conf.get(), settings);
  set_recovery(conf.get(), settings);
  for (const auto& [name, value] : settings.properties)
    set(conf.get(), name, value, "kafka.properties." + name);
  limit_batches(conf.get(), batch_bytes_max);
  rd_kafka_conf_set_opaque(conf.get(), &reports);
  rd_kafka_conf_set_ssl_cert_verify_cb(conf.get(), on_certificate);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  return conf;
}

}  // namespace penstock::gateway
