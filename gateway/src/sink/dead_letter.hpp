// Where rejected events go, with all that is needed to understand and to redrive them.
#pragma once

#include "kafka_handles.hpp"
#include "request.hpp"

namespace penstock::gateway {

// `event` must have its reject.
HeadersHandle dead_letter_headers(const Batch& batch, const Event& event);

}  // namespace penstock::gateway
