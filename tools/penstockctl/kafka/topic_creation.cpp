#include "topic_creation.hpp"

#include <array>

#include "kafka_handles.hpp"

namespace penstock::ctl {
namespace {

struct DestroyNewTopic {
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
struct DestroyOptions {
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
};

constexpr int kTimeoutMs = 20'000;
constexpr int kControllerMs = 1000;

bool exists(const struct rd_kafka_metadata& metadata, const std::string& name) {
  for (int t = 0; t < metadata.topic_cnt; ++t)
    if (name == metadata.topics[t].topic) return true;
  return false;
}

// The embedded Kafka names a controller that is no broker, for which librdkafka would wait.
bool has_controller(rd_kafka_t* client, const struct rd_kafka_metadata& metadata) {
  const auto controller = rd_kafka_controllerid(client, kControllerMs);
  for (int b = 0; b < metadata.broker_cnt; ++b)
    if (metadata.brokers[b].id == controller) return true;
  return false;
}

std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic> to_request(const NewTopic& topic) {
  std::array<char, 512> fault{};
  std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic> request(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, topic.replication, fault.data(), fault.size()));
  if (!request) throw std::runtime_error("cannot create " + topic.name + ": " + fault.data());
  for (const auto& [name, value] : topic.config)
    rd_kafka_NewTopic_set_config(request.get(), name.c_str(), value.c_str());
  return request;
}

// Nothing if there is no answer about a topic.
std::pair<rd_kafka_resp_err_t, std::string> answer_of(rd_kafka_event_t* event) {
  if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {error, rd_kafka_event_error_string(event)};
  const auto* const result = rd_kafka_event_CreateTopics_result(event);
  std::size_t count = 0;
  const auto* const* const topics = rd_kafka_CreateTopics_result_topics(result, &count);
  if (count == 0) return {RD_KAFKA_RESP_ERR_NO_ERROR, ""};
  const char* const text = rd_kafka_topic_result_error_string(topics[0]);
  return {rd_kafka_topic_result_error(topics[0]), text == nullptr ? "" : text};
}

}  // namespace

bool create_topic_if_missing(const KafkaAccess& access, const NewTopic& topic) {
  const auto client = new_client(RD_KAFKA_PRODUCER, conf_for(access));
  const auto metadata = ask_metadata(client.get(), access.brokers, [] { return std::string(); });
  if (exists(*metadata, topic.name)) return true;
  if (!has_controller(client.get(), *metadata)) return false;
  const auto request = to_request(topic);
  const std::unique_ptr<rd_kafka_AdminOptions_t, DestroyOptions> options(
      rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  std::array<char, 256> fault{};
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), kTimeoutMs, fault.data(),
                                              fault.size());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client.get()));
  auto* raw = request.get();
  rd_kafka_CreateTopics(client.get(), &raw, 1, options.get(), queue.get());
  const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), 2 * kTimeoutMs));
  if (!event) throw KafkaAway("Kafka does not answer whether it creates " + topic.name);
  const auto [error, text] = answer_of(event.get());
  if (error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) return false;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return true;
  std::string config;
  for (const auto& [name, value] : topic.config)
    config += (config.empty() ? " with " : ", ") + name + '=' + value;
  throw std::runtime_error("cannot create the topic " + topic.name + ": " +
                           (text.empty() ? rd_kafka_err2str(error) : text) +
                           "; create it yourself" + config +
                           ", or let this user do it; "
                           "if it is there, let this user read and write it");
}

}  // namespace penstock::ctl
