// What ties the events of one request together, when they do not say it themselves.
#pragma once

#include <string>

#include "request.hpp"

namespace penstock::gateway {

// The trace-id of a valid traceparent, else X-Correlation-Id if it is an identifier, else a UUID:
// version 5, and so the same when the batch is sent again, where it has an install's sequence
// numbers or an Idempotency-Key; else version 7. Any thread.
std::string batch_correlation_id(const Batch& batch);

}  // namespace penstock::gateway
