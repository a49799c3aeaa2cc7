#include "embedded_kafka.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <stdexcept>

namespace penstock::gateway {
namespace {

KafkaHandle start_host(const KafkaLog& log) {
  std::array<char, 512> error{};
  ConfHandle conf(rd_kafka_conf_new());
  // Errors only: it would remark that it has no brokers to connect to.
  rd_kafka_conf_set(conf.get(), "log_level", "3", error.data(), error.size());
  rd_kafka_conf_set_opaque(conf.get(), const_cast<KafkaLog*>(&log));
  rd_kafka_conf_set_log_cb(conf.get(),
                           [](const rd_kafka_t* host, int, const char*, const char* text) {
                             const auto& to = *static_cast<const KafkaLog*>(rd_kafka_opaque(host));
                             to(KafkaLogLevel::kInfo, std::string("embedded Kafka: ") + text);
                           });
  KafkaHandle host(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), error.data(), error.size()));
  if (!host)
    throw std::runtime_error(std::string("cannot start the embedded Kafka: ") + error.data());
  static_cast<void>(conf.release());  // now the host's
  return host;
}

}  // namespace

EmbeddedKafka::EmbeddedKafka(const std::vector<std::string>& topics, int partitions,
                             const KafkaLog& log)
    : host_(start_host(log)), cluster_(rd_kafka_mock_cluster_new(host_.get(), 1)) {
  if (cluster_ == nullptr)
    throw std::runtime_error("cannot start the embedded Kafka: no port of 127.0.0.1 is free");
  for (const auto& topic : topics)
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
}

EmbeddedKafka::~EmbeddedKafka() { rd_kafka_mock_cluster_destroy(cluster_); }

std::string EmbeddedKafka::bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

}  // namespace penstock::gateway
