// What the gateway's user may do with a topic.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "kafka_handles.hpp"

namespace penstock::gateway {

// Whether the brokers would let `client` write to `topic`, which must exist. Asks `broker`: to find
// the controller may take librdkafka a second. Nothing if it does not tell: it is older than Kafka
// 2.3, or has not answered within `timeout`. Source: KIP-430, "Return Authorized Operations in
// Describe Responses".
std::optional<bool> may_write(rd_kafka_t* client, const std::string& topic, std::int32_t broker,
                              std::chrono::milliseconds timeout);

}  // namespace penstock::gateway
