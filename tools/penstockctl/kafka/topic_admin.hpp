// Asks a cluster for its topics, and changes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kafka_access.hpp"
#include "topic_plan.hpp"

namespace penstock::ctl {

// One thread at a time.
class TopicAdmin {
 public:
  // Throws std::runtime_error when a property is wrong.
  explicit TopicAdmin(const KafkaAccess& kafka);
  ~TopicAdmin();
  TopicAdmin(const TopicAdmin&) = delete;
  TopicAdmin& operator=(const TopicAdmin&) = delete;

  // What the cluster has of `topics`, whole names. Waits 15 s at most for each of its three
  // requests. Throws std::runtime_error when Kafka does not answer, does not know such requests, or
  // does not let this user ask: what it may not see is never taken for missing.
  ActualCluster read(const std::vector<std::string>& topics);

  // Does a kCreate, kChange or kGrow. Waits 15 s at most.
  Outcome perform(const Step& step);

 private:
  struct Client;
  const std::unique_ptr<Client> client_;
};

}  // namespace penstock::ctl
