#include "create_topics.hpp"

#include <algorithm>
#include <array>

namespace penstock::gateway {
namespace {

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, KafkaDestroy<rd_kafka_NewTopic_destroy>>;
using AdminOptions =
    std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroy<rd_kafka_AdminOptions_destroy>>;

void log_result(const rd_kafka_topic_result_t* result, const KafkaLog& log) {
  const std::string name = rd_kafka_topic_result_name(result);
  switch (const auto error = rd_kafka_topic_result_error(result)) {
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return;
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return log(KafkaLogLevel::kWarning,
                 "created Kafka topic " + name +
                     ", which was missing; if that is not what you want, look at "
                     "kafka.topic_prefix and kafka.create_topics");
    default:
      // It may exist all the same: the gateway's user need not have the right to create it.
      return log(KafkaLogLevel::kInfo, "Kafka topic " + name + " was not created here (" +
                                           rd_kafka_err2str(error) + "); it has to exist");
  }
}

EventHandle request(rd_kafka_t* client, std::vector<rd_kafka_NewTopic_t*>& topics,
                    std::chrono::milliseconds timeout) {
  std::array<char, 256> error{};
  const auto timeout_ms = static_cast<int>(timeout.count());
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, error.data(), error.size());
  const QueueHandle queue(rd_kafka_queue_new(client));
  rd_kafka_CreateTopics(client, topics.data(), topics.size(), options.get(), queue.get());
  constexpr int kMarginMs = 500;  // librdkafka reports its own timeout, with a better reason
  return EventHandle(rd_kafka_queue_poll(queue.get(), timeout_ms + kMarginMs));
}

}  // namespace

std::vector<std::string> topics_written(const KafkaSettings& settings) {
  std::vector<std::string> topics;
  topics.reserve(settings.topics.size());
  for (const auto topic : settings.topics)
    topics.push_back(settings.topic_prefix + std::string(topic));
  return topics;
}

std::optional<std::string> create_topics(rd_kafka_t* client, const std::vector<std::string>& topics,
                                         const KafkaSettings& settings, const KafkaLog& log,
                                         std::chrono::milliseconds timeout) {
  constexpr int kBrokersDefault = -1;
  std::array<char, 256> error{};
  std::vector<NewTopic> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const auto& name : topics) {
    owned.emplace_back(rd_kafka_NewTopic_new(name.c_str(), settings.partitions, kBrokersDefault,
                                             error.data(), error.size()));
    if (!owned.back()) return error.data();
    wanted.push_back(owned.back().get());
  }
  const auto event = request(client, wanted, timeout);
  if (!event) return "no answer to the creation of topics";
  const auto failed = rd_kafka_event_error(event.get());
  if (failed == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
    return std::nullopt;  // then they must exist
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_event_error_string(event.get());

  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  const auto* const* results = rd_kafka_CreateTopics_result_topics(result, &count);
  std::for_each(results, results + count, [&](const auto* each) { log_result(each, log); });
  return std::nullopt;
}

}  // namespace penstock::gateway
