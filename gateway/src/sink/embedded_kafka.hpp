// A Kafka inside the process, for trying things out: librdkafka's mock cluster, which speaks the
// real protocol on a port of 127.0.0.1, so that any client can read from it.
//
// It keeps everything in memory, at most 5 MiB or 100,000 records of each partition, and drops the
// oldest then; what it holds is gone with the process. It keeps headers and understands the
// idempotent producer; it has no consumer lag, ACLs, retention or creation of topics through the
// admin API.
#pragma once

#include <string>
#include <vector>

#include "kafka_handles.hpp"
#include "kafka_settings.hpp"

struct rd_kafka_mock_cluster_s;

namespace penstock::gateway {

class EmbeddedKafka {
 public:
  // Listening when this returns, with `topics` created. Throws std::runtime_error. `log` outlives
  // it.
  EmbeddedKafka(const std::vector<std::string>& topics, int partitions, const KafkaLog& log);
  ~EmbeddedKafka();
  EmbeddedKafka(const EmbeddedKafka&) = delete;
  EmbeddedKafka& operator=(const EmbeddedKafka&) = delete;

  // "127.0.0.1:port"
  std::string bootstrap() const;

 private:
  KafkaHandle host_;  // the mock cluster lives in its thread
  rd_kafka_mock_cluster_s* cluster_ = nullptr;
};

}  // namespace penstock::gateway
