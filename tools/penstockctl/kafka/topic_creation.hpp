// Makes a topic.
#pragma once

#include <map>
#include <string>

#include "kafka_access.hpp"

namespace penstock::ctl {

struct NewTopic {
  std::string name;
  int partitions = 1;
  int replication = 1;
  std::map<std::string, std::string> config;  // Kafka's names
};

// Returns when the topic is there, now or before. A Kafka without a controller, as a gateway's
// embedded one, makes topics itself when they are first written to: nothing is done there, and the
// answer is false. Throws KafkaAway,
// std::runtime_error.
bool create_topic_if_missing(const KafkaAccess& access, const NewTopic& topic);

}  // namespace penstock::ctl
