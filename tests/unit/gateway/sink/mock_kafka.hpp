// librdkafka's mock cluster, with the faults that a test asks for.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace penstock::test {

// One broker, in this process. One thread at a time.
class MockKafka {
 public:
  static constexpr std::int16_t kProduce = 0;  // API key of the Kafka protocol

  MockKafka() : MockKafka({"user-activity", "db-changes", "dead-letter"}) {}
  explicit MockKafka(std::initializer_list<const char*> topics, int partitions = 4)
      : host_(start_host()), cluster_(rd_kafka_mock_cluster_new(host_.get(), 1)) {
    for (const auto* topic : topics) create_topic(topic, partitions);
  }
  ~MockKafka() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  void create_topic(const char* topic, int partitions = 4) {
    rd_kafka_mock_topic_create(cluster_, topic, partitions, 1);
  }
  // Cuts its connections and accepts no new ones; keeps what it holds.
  void down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void up() { rd_kafka_mock_broker_set_up(cluster_, 1); }
  // The next requests to write are answered with these, one each.
  void fail_produce(const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, kProduce, errors.size(), errors.data());
  }
  // Every answer takes that long.
  void slow_down(int milliseconds) { rd_kafka_mock_broker_set_rtt(cluster_, 1, milliseconds); }

  void start_recording() { rd_kafka_mock_start_request_tracking(cluster_); }
  std::size_t requests(std::int16_t api_key) {
    std::size_t count = 0, matching = 0;
    auto** const requests = rd_kafka_mock_get_requests(cluster_, &count);
    for (std::size_t i = 0; i < count; ++i)
      matching += rd_kafka_mock_request_api_key(requests[i]) == api_key;
    rd_kafka_mock_request_destroy_array(requests, count);
    return matching;
  }

 private:
  static rd_kafka_t* start_host() {
    auto* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "3", nullptr, 0);  // not that it has no brokers
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  }

  struct Destroy {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
  };
  std::unique_ptr<rd_kafka_t, Destroy> host_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace penstock::test
