// What the sink answers when it does not take a batch, or could not deliver it.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// 503: the client keeps the batch and sends it again, with the same eventIds. Why it is so is not
// the client's to know: brokers, their addresses and the installation's topics are in the log and
// in /readyz.
Problem kafka_unavailable();

// 503: more waits for acknowledgement than KafkaSettings allows.
Problem kafka_overloaded();

}  // namespace penstock::gateway
