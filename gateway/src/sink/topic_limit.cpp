#include "topic_limit.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace penstock::gateway {
namespace {

using AdminOptions =
    std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroy<rd_kafka_AdminOptions_destroy>>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t, KafkaDestroy<rd_kafka_ConfigResource_destroy>>;

EventHandle describe(rd_kafka_t* client, const std::string& topic, std::int32_t broker,
                     std::chrono::milliseconds timeout) {
  const auto timeout_ms = static_cast<int>(timeout.count());
  std::array<char, 256> error{};
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, error.data(), error.size());
  rd_kafka_AdminOptions_set_broker(options.get(), broker, error.data(), error.size());
  const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  const QueueHandle queue(rd_kafka_queue_new(client));
  rd_kafka_DescribeConfigs(client, &asked, 1, options.get(), queue.get());
  return EventHandle(rd_kafka_queue_poll(queue.get(), timeout_ms));
}

std::optional<std::size_t> number(const char* text) {
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::size_t> message_bytes_max(rd_kafka_t* client, const std::string& topic,
                                             std::int32_t broker,
                                             std::chrono::milliseconds timeout) {
  const auto event = describe(client, topic, broker, timeout);
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  std::size_t count = 0;
  auto* const* const found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1 || rd_kafka_ConfigResource_error(found[0]) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return std::nullopt;
  const auto* const* const entries = rd_kafka_ConfigResource_configs(found[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (std::string_view(rd_kafka_ConfigEntry_name(entries[i])) == "max.message.bytes")
      return number(rd_kafka_ConfigEntry_value(entries[i]));
  }
  return std::nullopt;
}

}  // namespace penstock::gateway
