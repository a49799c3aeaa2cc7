// What the operator decides about Kafka.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/topics.hpp"

namespace penstock::gateway {

struct KafkaSettings {
  std::string brokers;  // "host:port,host:port"; empty: the embedded Kafka
  // Put before the names of the topics that the sink creates and dead-letter
  std::string topic_prefix;
  // What is written to, without the prefix; the last is wire::kTopicDeadLetter.
  std::vector<std::string_view> topics{wire::kTopicUserActivity, wire::kTopicDbChanges,
                                       wire::kTopicDeadLetter};

  // How long deliver() waits for the brokers' acknowledgements. Less than the deadline of a
  // request.
  std::chrono::milliseconds delivery_timeout{10000};
  std::chrono::milliseconds linger{5};  // how long a record waits for company at most
  std::string compression = "lz4";      // none, gzip, snappy, lz4 or zstd

  // Create what is missing, once, when Kafka is first reached. Not by default: a typo in
  // topic_prefix would make topics.
  bool create_topics = false;
  int partitions = 6;  // of the topics created here, also of the embedded Kafka's

  // What may wait for acknowledgement, in bytes with what librdkafka needs itself. A batch that
  // does not fit is refused as a whole.
  std::size_t queue_events_max = 500'000;
  std::size_t queue_bytes_max =
      std::size_t{256} * 1024 * 1024;  // the gateway: as memory_plan() says

  // Handed to librdkafka as they are (TLS, SASL, client.id, ...). May hold secrets. What the
  // promises rest on, or what has a setting of its own above, is refused: see producer_conf.hpp.
  std::map<std::string, std::string> properties;
};

enum class KafkaLogLevel { kInfo, kWarning, kError };

// Called from any thread, also several at once; must not call back into the sink.
using KafkaLog = std::function<void(KafkaLogLevel, std::string_view)>;

// One batch of records with all that belongs to it, at most: librdkafka's message.max.bytes. Below
// Kafka's own default for a topic (1,048,588); a topic may take less
// (TopicState::batch_bytes_max()).
inline constexpr std::size_t kKafkaBatchBytesMax = 1'000'000;

}  // namespace penstock::gateway
