// Every setting of the gateway: plain structs, units in the type or the name, defaults that are
// safe to run.
//
// Filled by load_config(), judged by check_config(), explained line by line in
// gateway.example.yaml. Stages do not see this file: gateway.cpp hands each one its own settings.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "wire/limits.hpp"

namespace penstock::gateway {

enum class TlsVersion { k12, k13 };
enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kJson, kText };

struct TlsConfig {
  std::string certificate;  // file, PEM, leaf first; empty together with private_key: plain HTTP
  std::string private_key;  // file, PEM
  TlsVersion min_version = TlsVersion::k12;
};

// Where events come in.
struct ListenConfig {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;  // 0: any free one; the log says which
  bool allow_plain = false;   // plain HTTP beyond loopback, for a proxy in front that ends TLS
  TlsConfig tls;
};

// Health and metrics: never for the public.
struct AdminConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9464;  // 0: any free one
  bool allow_remote = false;  // an address beyond loopback
  // Names that requests may be sent to, beside localhost and IP addresses.
  std::vector<std::string> hosts;
};

// One write key. The key itself is nowhere in the configuration.
struct KeyConfig {
  std::string id;                  // for logs and metrics; unique
  std::string digest;              // "sha256:" and 64 hex digits of SHA-256 of the key
  double requests_per_second = 0;  // 0: unlimited
  double events_per_second = 0;    // 0: unlimited
  double burst_seconds = 10;       // how many seconds' worth may come at once
};

struct LimitsConfig {
  // What all requests may hold in memory, from their first byte until Kafka has the events: bodies,
  // inflated and parsed, records and their headers. 0: follows from memory_max.
  std::size_t bodies_in_flight_bytes = 0;
  std::size_t body_bytes = wire::kBodyBytesMax;
  std::size_t inflated_bytes = wire::kInflatedBytesMax;
  std::size_t events_per_batch = wire::kBatchEventsMax;
  std::size_t event_bytes = wire::kEventBytesMax;
  std::size_t depth = wire::kJsonDepthMax;
  std::size_t header_bytes = std::size_t{16} * 1024;
  std::size_t connections_max = 10000;
  std::chrono::milliseconds header_timeout{10000};  // from the first byte to the end of the head
  std::chrono::milliseconds body_timeout{15000};    // from the head to the last byte of the body
  std::size_t body_rate_min = 1024;  // bytes of a body in a second, after the first five; 0: any
  std::chrono::milliseconds idle_timeout{75000};     // between two requests of a connection
  std::chrono::milliseconds request_timeout{30000};  // from the head to the answer
};

struct KafkaConfig {
  std::string brokers;       // "host:port,host:port"; empty: embedded, in memory, for trying out
  std::string topic_prefix;  // put before each topic's name, for example "staging."
  std::chrono::milliseconds delivery_timeout{10000};  // then the request is answered 503
  std::chrono::milliseconds linger{5};                // how long records wait for company at most
  std::string compression = "lz4";                    // none, gzip, snappy, lz4, zstd
  // What is missing, when Kafka is first reached. Not by default: a typo in topic_prefix would make three topics.
  bool create_topics = false;
  int partitions = 6;  // of topics that the gateway creates, also in the embedded Kafka
  // What may wait for acknowledgement; beyond it 503.
  std::size_t queue_events_max = 500'000;
  std::size_t queue_bytes_max = 0;  // 0: follows from memory_max
  // Handed to librdkafka as they are; may hold secrets.
  std::map<std::string, std::string> properties;
};

struct PrivacyConfig {
  std::vector<std::string> remove_fields;  // in addition to the built-in names
  std::vector<std::string> allow_fields;   // left alone though built in
  bool detect_emails = true;
  bool detect_cards = true;
  bool detect_phones = true;
};

// What happens between SIGTERM and the end. Together shorter than what the supervisor waits before
// it kills (Kubernetes: 30 s).
struct DrainConfig {
  std::chrono::milliseconds delay{5000};     // not ready, but still serving: load balancers notice
  std::chrono::milliseconds timeout{20000};  // for open requests and Kafka's acknowledgements
};

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
};

struct Config {
  ListenConfig listen;
  AdminConfig admin;
  unsigned threads = 0;  // 0: one for each core
  // What the process takes at most, resident; see memory_plan.hpp. The embedded Kafka, which keeps
  // events in memory, comes on top.
  std::size_t memory_max = 0;  // 0: 1 GiB, more with more than 58 threads
  // eventIds are made within it: two installations that feed the same topics as one must agree on
  // it, and a change makes new ids of retried events.
  std::string project = "default";
  std::vector<KeyConfig> keys;
  LimitsConfig limits;
  KafkaConfig kafka;
  PrivacyConfig privacy;
  DrainConfig drain;
  LogConfig log;
};

}  // namespace penstock::gateway
