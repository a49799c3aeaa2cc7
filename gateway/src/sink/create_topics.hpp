// Makes the topics that the gateway writes to.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "kafka_handles.hpp"
#include "kafka_settings.hpp"

namespace penstock::gateway {

// settings.topics with the prefix, in their order.
std::vector<std::string> topics_written(const KafkaSettings& settings);

// Creates those of `topics` that are missing, with settings.partitions and the brokers' default
// replication; what exists is left as it is. Waits at most `timeout`. Logs what it made, and what
// it was not allowed to make. Fails, with the reason, only when the brokers could not be asked.
std::optional<std::string> create_topics(rd_kafka_t* client, const std::vector<std::string>& topics,
                                         const KafkaSettings& settings, const KafkaLog& log,
                                         std::chrono::milliseconds timeout);

}  // namespace penstock::gateway
