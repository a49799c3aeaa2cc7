#include "stage_settings.hpp"

#include <memory>
#include <stdexcept>

#include "config/memory_plan.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

// Of Penstock itself; a project's is made within it from the project's name. Never changes: every
// eventId rests on it.
constexpr wire::Uuid kPenstockNamespace{{0x8f, 0x0c, 0x1d, 0x5e, 0x2b, 0x7a, 0x4c, 0x3e, 0x9d, 0x61,
                                         0x5a, 0x43, 0xe7, 0xb8, 0x16, 0xf2}};

}  // namespace

AdminSettings admin_settings(const Config& config) {
  AdminSettings settings;
  settings.address = config.admin.address;
  settings.port = config.admin.port;
  settings.hosts = config.admin.hosts;
  return settings;
}

AdmissionLimits admission_limits(const Config& config) {
  return {.body_bytes = config.limits.body_bytes};
}

DecodeLimits decode_limits(const Config& config) {
  DecodeLimits limits;
  limits.inflated_bytes = config.limits.inflated_bytes;
  limits.events_per_batch = config.limits.events_per_batch;
  limits.event_bytes = config.limits.event_bytes;
  limits.depth = config.limits.depth;
  return limits;
}

HttpSettings http_settings(const Config& config) {
  HttpSettings settings;
  settings.header_bytes = config.limits.header_bytes;
  settings.connections_max = memory_plan(config).connections;
  settings.header_timeout = config.limits.header_timeout;
  settings.body_timeout = config.limits.body_timeout;
  settings.body_rate_min = config.limits.body_rate_min;
  settings.idle_timeout = config.limits.idle_timeout;
  settings.request_timeout = config.limits.request_timeout;
  return settings;
}

KafkaSettings kafka_settings(const Config& config) {
  KafkaSettings settings;
  settings.brokers = config.kafka.brokers;
  settings.topic_prefix = config.kafka.topic_prefix;
  settings.delivery_timeout = config.kafka.delivery_timeout;
  settings.linger = config.kafka.linger;
  settings.compression = config.kafka.compression;
  settings.create_topics = config.kafka.create_topics;
  settings.partitions = config.kafka.partitions;
  settings.queue_events_max = config.kafka.queue_events_max;
  settings.queue_bytes_max = memory_plan(config).queue_bytes;
  settings.properties = config.kafka.properties;
  return settings;
}

LogSettings log_settings(const Config& config) {
  LogSettings settings;
  settings.json = config.log.format == LogFormat::kJson;
  switch (config.log.level) {
    case LogLevel::kDebug:
      settings.least = LogSeverity::kDebug;
      break;
    case LogLevel::kInfo:
      settings.least = LogSeverity::kInfo;
      break;
    case LogLevel::kWarning:
      settings.least = LogSeverity::kWarning;
      break;
    case LogLevel::kError:
      settings.least = LogSeverity::kError;
      break;
  }
  return settings;
}

TlsSettings tls_settings(const Config& config) {
  return {.certificate_file = config.listen.tls.certificate,
          .private_key_file = config.listen.tls.private_key,
          .tls13_only = config.listen.tls.min_version == TlsVersion::k13};
}

privacy::RuleSetOptions rule_set_options(const Config& config) {
  return {.remove_fields = config.privacy.remove_fields,
          .allow_fields = config.privacy.allow_fields,
          .detect_emails = config.privacy.detect_emails,
          .detect_cards = config.privacy.detect_cards,
          .detect_phones = config.privacy.detect_phones};
}

std::vector<KeyStore::Entry> key_entries(const Config& config) {
  const wire::Uuid project = wire::name_uuid(kPenstockNamespace, config.project);
  std::vector<KeyStore::Entry> entries;
  for (const auto& key : config.keys) {
    const auto digest = parse_digest(key.digest);
    if (!digest) throw std::logic_error("a digest that check_config() has passed cannot be read");
    auto client = std::make_shared<ClientKey>();
    client->id = key.id;
    client->name_space = project;
    client->requests_per_second = key.requests_per_second;
    client->events_per_second = key.events_per_second;
    entries.emplace_back(*digest, std::move(client));
  }
  return entries;
}

std::vector<std::string> key_ids(const Config& config) {
  std::vector<std::string> ids;
  ids.reserve(config.keys.size());
  for (const auto& key : config.keys) ids.push_back(key.id);
  return ids;
}

std::vector<KeyRates> key_rates(const Config& config) {
  std::vector<KeyRates> rates;
  rates.reserve(config.keys.size());
  for (const auto& key : config.keys)
    rates.push_back({key.id, key.requests_per_second, key.events_per_second, key.burst_seconds});
  return rates;
}

}  // namespace penstock::gateway
