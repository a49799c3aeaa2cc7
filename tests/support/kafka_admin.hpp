// What tests ask of a cluster beside producing and consuming.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace penstock::test {

// Works with every server that speaks Kafka's protocol, the embedded one included.
// One thread at a time.
class KafkaAdmin {
 public:
  explicit KafkaAdmin(const std::string& bootstrap);

  // How many brokers the cluster has, 0 if none answers within a second.
  int brokers() const;
  // How many partitions the topic has, 0 if there is no such topic. Waits for a broker to say so;
  // throws std::runtime_error when none does.
  int partitions(const std::string& topic) const;
  // Waits until every partition has a leader. `config`: max.message.bytes and the like. Throws
  // std::runtime_error.
  void create_topic(const std::string& name, int partitions,
                    const std::map<std::string, std::string>& config = {}, int copies = 1);
  // Waits until it is gone. Throws std::runtime_error.
  void delete_topic(const std::string& name);
  // Changes one of a topic's settings. Throws std::runtime_error.
  void set_config(const std::string& topic, const std::string& name, const std::string& value);
  // Takes what lies in the partition before `offset`, as retention does. Throws std::runtime_error.
  void delete_records(const std::string& topic, int partition, std::int64_t offset);
  // Lets `user` do `operation` with the topic, or another resource of this name, or takes that back.
  // Throws std::runtime_error.
  void allow(const std::string& user, rd_kafka_AclOperation_t operation, const std::string& name,
             rd_kafka_ResourceType_t type = RD_KAFKA_RESOURCE_TOPIC);
  void forbid(const std::string& user, rd_kafka_AclOperation_t operation, const std::string& topic);

 private:
  struct TopicState {
    int partitions = 0;
    int leaders = 0;
  };
  TopicState topic_state(const std::string& topic) const;

  struct Destroy {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  };
  std::unique_ptr<rd_kafka_t, Destroy> handle_;
};

}  // namespace penstock::test
