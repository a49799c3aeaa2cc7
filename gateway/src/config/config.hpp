// Every setting of the gateway. Each stage's are a plain struct of the stage, with unit, default
// and meaning there; what belongs to no stage is here. Defaults are safe to run.
//
// Filled by load_config(), judged by check_config(), explained line by line in
// gateway.example.yaml. setting_table.cpp says where each stands in YAML. Stages do not see this
// file: gateway.cpp hands each stage its own.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/admin_settings.hpp"
#include "admit/admission_limits.hpp"
#include "decode/decode_limits.hpp"
#include "http/http_settings.hpp"
#include "http/tls_settings.hpp"
#include "observe/log_settings.hpp"
#include "privacy/rule_set.hpp"
#include "sink/kafka_settings.hpp"

namespace penstock::gateway {

// Where events come in.
struct ListenConfig {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;  // 0: any free one; the log says which
  bool allow_plain = false;   // plain HTTP beyond loopback, for a proxy in front that ends TLS
  TlsSettings tls;
};

// What a write key has besides PrivacyConfig, which says the same of all keys. Salt and pseudonym
// keys are common.
struct KeyPrivacyConfig {
  std::vector<std::string> rules;          // stand before the common ones, so they decide first
  std::vector<std::string> remove_fields;  // in addition to the common ones
  std::vector<std::string> allow_fields;   // in addition to the common ones
  // By privacy::index_of(kind): instead of the common value; none: the common value.
  std::array<std::optional<bool>, privacy::kKinds> detect = {};

  friend bool operator==(const KeyPrivacyConfig&, const KeyPrivacyConfig&) = default;
};

// One write key. The key itself is nowhere in the configuration.
struct KeyConfig {
  std::string id;                  // for logs and metrics; unique
  std::string digest;              // "sha256:" and 64 hex digits of SHA-256 of the key
  double requests_per_second = 0;  // 0: unlimited
  double events_per_second = 0;    // 0: unlimited
  double burst_seconds = 10;       // how many seconds' worth may come at once
  KeyPrivacyConfig privacy = {};
};

// What the process takes at most, resident; see memory_plan.hpp. The embedded Kafka, which keeps
// events in memory, comes on top.
struct MemoryConfig {
  std::size_t bytes_max = 0;  // 0: 1 GiB, more with more than 58 threads
  // What all requests may hold, from their first byte until Kafka has the events: bodies, inflated
  // and parsed, records and their headers. 0: follows from bytes_max.
  std::size_t bodies_in_flight_bytes = 0;
  std::size_t queue_bytes_max = 0;  // what may wait for Kafka. 0: follows from bytes_max
};

// Event types besides UserActivity and DatabaseChange.
struct EventTypesConfig {
  std::string schemas_folder;  // <Type>.v<version>.json, JSON Schema draft 7; empty: no such types
};

// What is masked of the events of every key.
struct PrivacyConfig : privacy::RuleSetOptions {
  std::vector<std::string> rules;  // privacy::PathRules
  // What hashes and pseudonyms of `rules` need: files, so that no secret stands in the configuration.
  std::string hash_salt_file;
  std::vector<std::string> pseudonym_key_files;  // "<id> <file>"
};

// What happens between SIGTERM and the end. Together shorter than what the supervisor waits before
// it kills (Kubernetes: 30 s).
struct DrainConfig {
  // Not ready, but still serving, each connection once: load balancers notice, clients move on.
  std::chrono::milliseconds delay{5000};
  std::chrono::milliseconds timeout{20000};  // for open requests and Kafka's acknowledgements
};

struct Config {
  ListenConfig listen;
  AdminSettings admin;
  unsigned threads = 0;  // 0: one for each core
  MemoryConfig memory;
  // eventIds are made within it: two installations that feed the same topics as one must agree on
  // it, and a change makes new ids of retried events.
  std::string project = "default";
  std::vector<KeyConfig> keys;
  AdmissionLimits admission;
  DecodeLimits decode;
  HttpSettings http;
  KafkaSettings kafka;
  EventTypesConfig event_types;
  PrivacyConfig privacy;
  DrainConfig drain;
  LogSettings log;
};

}  // namespace penstock::gateway
