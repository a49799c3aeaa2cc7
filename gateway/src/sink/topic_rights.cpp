#include "topic_rights.hpp"

#include <algorithm>
#include <array>

namespace penstock::gateway {
namespace {

using AdminOptions =
    std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroy<rd_kafka_AdminOptions_destroy>>;
using Topics =
    std::unique_ptr<rd_kafka_TopicCollection_t, KafkaDestroy<rd_kafka_TopicCollection_destroy>>;

EventHandle describe(rd_kafka_t* client, const std::string& topic, std::int32_t broker,
                     std::chrono::milliseconds timeout) {
  const auto timeout_ms = static_cast<int>(timeout.count());
  std::array<char, 256> error{};
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, error.data(), error.size());
  rd_kafka_AdminOptions_set_broker(options.get(), broker, error.data(), error.size());
  const ErrorHandle refused(
      rd_kafka_AdminOptions_set_include_authorized_operations(options.get(), 1));
  const char* name = topic.c_str();
  const Topics topics(rd_kafka_TopicCollection_of_topic_names(&name, 1));
  const QueueHandle queue(rd_kafka_queue_new(client));
  rd_kafka_DescribeTopics(client, topics.get(), options.get(), queue.get());
  return EventHandle(rd_kafka_queue_poll(queue.get(), timeout_ms));
}

}  // namespace

std::optional<bool> may_write(rd_kafka_t* client, const std::string& topic, std::int32_t broker,
                              std::chrono::milliseconds timeout) {
  const auto event = describe(client, topic, broker, timeout);
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  std::size_t count = 0;
  const auto* const* found = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  if (count != 1) return std::nullopt;
  const auto* const error = rd_kafka_TopicDescription_error(found[0]);
  if (error != nullptr && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  const auto* const operations = rd_kafka_TopicDescription_authorized_operations(found[0], &count);
  if (operations == nullptr || count == 0) return std::nullopt;
  return std::find(operations, operations + count, RD_KAFKA_ACL_OPERATION_WRITE) !=
         operations + count;
}

}  // namespace penstock::gateway
