// The settings as librdkafka takes them.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "kafka_handles.hpp"
#include "kafka_settings.hpp"

namespace penstock::gateway {

inline constexpr std::string_view kLibraryLine = "librdkafka ";  // how its lines in the log begin

// What librdkafka says on its own threads. Outlives the producer.
struct LibraryReports {
  explicit LibraryReports(const KafkaLog& kafka_log) noexcept : log(kafka_log) {}

  const KafkaLog& log;
  std::atomic<int> certificate_error{
      0};  // why a broker's certificate was last refused, as OpenSSL numbers it
};

// A configuration for the idempotent producer, acks=all, partitions as Java's (murmur2_random).
// `reports` gets librdkafka's lines. No batch of several records is larger
// than `batch_bytes_max`, before compression.
//
// Single records never time out in librdkafka: if one of a batch did and the one behind it did not,
// a retry would put them in the wrong order. The sink fails all that is in flight together instead.
//
// Throws std::invalid_argument, which names the setting, when librdkafka does not know or take a
// value, or when `properties` holds one of those that are set here.
ConfHandle producer_conf(const KafkaSettings& settings, const std::string& brokers,
                         LibraryReports& reports,
                         std::size_t batch_bytes_max = kKafkaBatchBytesMax);

}  // namespace penstock::gateway
