// What a record takes in librdkafka until the brokers have acknowledged it.
#pragma once

#include <cstddef>

#include "request.hpp"

namespace penstock::gateway {

// Beside the value, which the batch keeps and librdkafka does not copy: its key, its headers, and
// librdkafka's own structures (rd_kafka_msg_t, rd_kafka_headers_t and rd_kafka_header_t of
// librdkafka 2.15, each rounded up as malloc does). Any thread.
inline std::size_t record_overhead_bytes(const Batch& batch, const Event& event) noexcept {
  constexpr std::size_t kMessageBytes = 512;
  constexpr std::size_t kHeaderBytes = 80;  // with its name
  constexpr std::size_t kIdBytes = 48;      // eventId, rejectedAt
  std::size_t bytes = kMessageBytes + 4 * kHeaderBytes + kIdBytes + event.correlation_id.size() +
                      batch.traceparent.size();
  if (!event.reject) return bytes + event.key.size() + event.schema.size();
  bytes += 8 * kHeaderBytes + kIdBytes + event.reject->pointer.size() +
           event.reject->message.size() + event.topic.size() + batch.context_json.size() +
           event.key.size();
  if (batch.client) bytes += batch.client->id.size();
  return bytes;
}

}  // namespace penstock::gateway
