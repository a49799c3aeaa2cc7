#include "redrive_topics.hpp"

#include "range_reader.hpp"
#include "topic_creation.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {

bool prepare_topics(const KafkaAccess& kafka, const std::vector<std::string>& targets) {
  const std::string& prefix = kafka.topic_prefix;
  TopicShape shape;
  {
    RangeReader reader(kafka);
    static_cast<void>(reader.whole(prefix + std::string(wire::kTopicDeadLetter)));
    shape = *reader.shape(prefix + std::string(wire::kTopicDeadLetter));
    for (const auto& topic : targets) static_cast<void>(reader.whole(topic));
  }
  const bool ledger =
      create_topic_if_missing(kafka, {prefix + std::string(wire::kTopicRedriveLedger),
                                      1,
                                      shape.replication,
                                      {{"cleanup.policy", "compact"}}});
  create_topic_if_missing(
      kafka,
      {prefix + std::string(wire::kTopicQuarantine), shape.partitions, shape.replication, {}});
  return ledger;
}

}  // namespace penstock::ctl
