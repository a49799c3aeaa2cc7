// How large a topic's records may be.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "kafka_handles.hpp"

namespace penstock::gateway {

// The topic's max.message.bytes: the most that one batch of records for it may be, compressed. Asks
// `broker`. Nothing if it does not tell: the user lacks the right DescribeConfigs, or it has not
// answered within `timeout`.
std::optional<std::size_t> message_bytes_max(rd_kafka_t* client, const std::string& topic,
                                             std::int32_t broker,
                                             std::chrono::milliseconds timeout);

}  // namespace penstock::gateway
