// What Kafka would not take is found out before it is sent: librdkafka's producer fails as a whole
// when the brokers refuse a record.
#pragma once

#include <cstddef>

#include "request.hpp"

namespace penstock::gateway {

// No batch of records that has this one alone is larger, before compression. Kafka's limit,
// max.message.bytes, is for such a batch.
std::size_t record_batch_bytes_max(const Batch& batch, const Event& event) noexcept;

// Makes the event a rejected one, whose topic takes batches of `limit` bytes.
void reject_too_large(const Batch& batch, Event& event, std::size_t limit);

// What fits stays whole. Else the record of a rejected event becomes its beginning, up to a whole
// character, as a JSON string, so that a topic takes it whose batches are at most `limit` bytes;
// where the batch's context would take more than half of that, it is left out. Throws
// OutOfMemoryBudget.
void cut_letter(Batch& batch, Event& event, std::size_t limit);

}  // namespace penstock::gateway
