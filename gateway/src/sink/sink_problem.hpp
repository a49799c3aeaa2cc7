// What the sink answers when it does not take a batch, or could not deliver it.
#pragma once

#include <string>

#include "request.hpp"

namespace penstock::gateway {

// 503: the client keeps the batch and sends it again, with the same eventIds.
Problem kafka_unavailable(std::string detail);

// 503: more waits for acknowledgement than KafkaSettings allows.
Problem kafka_overloaded();

}  // namespace penstock::gateway
