// The headers of a record in Kafka.
#pragma once

#include "kafka_handles.hpp"
#include "request.hpp"

namespace penstock::gateway {

// eventId, correlationId, schema; traceparent if the request had one.
HeadersHandle record_headers(const Batch& batch, const Event& event);

}  // namespace penstock::gateway
