#include "support/kafka_reader.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"
#include "support/leaks/leak_search.hpp"

namespace penstock::test {
namespace {

constexpr std::chrono::seconds kReadTimeout{120};
constexpr std::chrono::seconds kSearchTimeout{60};
constexpr std::size_t kSearchBytes = std::size_t{512} * 1024 * 1024;
constexpr int kWatermarkTimeoutMs = 5000;
constexpr int kPollMs = 100;

struct Destroy {
  void operator()(rd_kafka_t* consumer) const {
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
  }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using Consumer = std::unique_ptr<rd_kafka_t, Destroy>;
using Message = std::unique_ptr<rd_kafka_message_t, Destroy>;

Consumer new_consumer(const std::string& bootstrap) {
  std::array<char, 256> error{};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  const std::pair<const char*, const char*> values[] = {
      {"bootstrap.servers", bootstrap.c_str()},
      {"group.id", "penstock-test-reader"},  // required, though no group is joined
      {"enable.auto.commit", "false"},
      {"enable.partition.eof", "true"},
  };
  for (const auto& [name, value] : values) {
    if (rd_kafka_conf_set(settings, name, value, error.data(), error.size()) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(settings);
      throw std::runtime_error(std::string("librdkafka: ") + error.data());
    }
  }
  Consumer consumer(rd_kafka_new(RD_KAFKA_CONSUMER, settings, error.data(), error.size()));
  if (!consumer) throw std::runtime_error(std::string("librdkafka: ") + error.data());
  rd_kafka_poll_set_consumer(consumer.get());
  return consumer;
}

KafkaRecord to_record(const rd_kafka_message_t& message) {
  KafkaRecord record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  if (message.key != nullptr) {
    record.key.emplace(static_cast<const char*>(message.key), message.key_len);
  }
  if (message.payload != nullptr) {
    record.value.assign(static_cast<const char*>(message.payload), message.len);
  }
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record.headers.emplace_back(name, value == nullptr
                                          ? std::string()
                                          : std::string(static_cast<const char*>(value), size));
  }
  return record;
}

void look_for_leaks_in(const KafkaRecord& record) {
  if (!watching_for_leaks()) return;
  const std::string where = " of a record in " + record.topic;
  look_for_leaks("key" + where, record.key.value_or(""));
  look_for_leaks("value" + where, record.value);
  for (const auto& [name, value] : record.headers)
    look_for_leaks("header " + name + where, name + ": " + value);
}

// The partitions that hold something, each with the offset behind its last record.
std::map<std::int32_t, std::int64_t> ends_of(rd_kafka_t* consumer, const std::string& topic,
                                             int partitions) {
  std::map<std::int32_t, std::int64_t> ends;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    wait_until(
        [&] {
          return rd_kafka_query_watermark_offsets(consumer, topic.c_str(), partition, &low, &high,
                                                  kWatermarkTimeoutMs) ==
                 RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        kPatience, "the end of " + topic + " is known");
    if (high > low) ends[partition] = high;
  }
  return ends;
}

void assign(rd_kafka_t* consumer, const std::string& topic,
            const std::map<std::int32_t, std::int64_t>& ends) {
  const std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(ends.size())));
  for (const auto& [partition, end] : ends) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(consumer, list.get());
}

// Takes the message, and forgets a partition once it is read to its end. Other errors than the end
// of a partition are librdkafka's to retry.
void take(const rd_kafka_message_t& message, std::map<std::int32_t, std::int64_t>& ends,
          std::vector<KafkaRecord>& records) {
  const auto end = ends.find(message.partition);
  if (end == ends.end()) return;
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (message.offset >= end->second) ends.erase(end);
    return;
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR || message.offset >= end->second) return;
  records.push_back(to_record(message));
  look_for_leaks_in(records.back());
  if (message.offset + 1 == end->second) ends.erase(end);
}

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy>;

// From their beginning, without Kafka's own topics.
Partitions all_partitions(rd_kafka_t* consumer) {
  const rd_kafka_metadata_t* metadata = nullptr;
  Partitions all(rd_kafka_topic_partition_list_new(0));
  if (rd_kafka_metadata(consumer, 1, nullptr, &metadata, kWatermarkTimeoutMs) !=
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return all;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[t];
    if (std::string_view(topic.topic).starts_with("__")) continue;
    for (std::int32_t partition = 0; partition < topic.partition_cnt; ++partition) {
      rd_kafka_topic_partition_list_add(all.get(), topic.topic, partition)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    }
  }
  rd_kafka_metadata_destroy(metadata);
  return all;
}

}  // namespace

std::optional<std::string> KafkaRecord::header(std::string_view name) const {
  for (const auto& [its_name, content] : headers) {
    if (its_name == name) return content;
  }
  return std::nullopt;
}

std::vector<KafkaRecord> read_topic(const std::string& bootstrap, const std::string& topic) {
  const KafkaAdmin admin(bootstrap);
  wait_until([&] { return admin.brokers() > 0; }, kPatience, "Kafka answers on " + bootstrap);
  const Consumer consumer = new_consumer(bootstrap);
  auto ends = ends_of(consumer.get(), topic, admin.partitions(topic));

  std::vector<KafkaRecord> records;
  assign(consumer.get(), topic, ends);
  const auto deadline = std::chrono::steady_clock::now() + kReadTimeout;
  while (!ends.empty()) {
    const Message message(rd_kafka_consumer_poll(consumer.get(), kPollMs));
    if (message) take(*message, ends, records);
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("could not read " + topic + " to its end, only " +
                               std::to_string(records.size()) + " records");
    }
  }
  std::ranges::sort(records, {}, [](const KafkaRecord& record) {
    return std::pair(record.partition, record.offset);
  });
  return records;
}

bool look_for_leaks_in_every_topic(const std::string& bootstrap) {
  const auto deadline = std::chrono::steady_clock::now() + kSearchTimeout;
  const Consumer consumer = new_consumer(bootstrap);
  const Partitions partitions = all_partitions(consumer.get());
  if (partitions->cnt == 0) return false;
  rd_kafka_assign(consumer.get(), partitions.get());
  std::set<std::pair<std::string, std::int32_t>> ended;
  std::size_t bytes = 0;
  while (ended.size() < static_cast<std::size_t>(partitions->cnt)) {
    if (std::chrono::steady_clock::now() > deadline || bytes > kSearchBytes) return false;
    const Message message(rd_kafka_consumer_poll(consumer.get(), kPollMs));
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      ended.emplace(rd_kafka_topic_name(message->rkt), message->partition);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    bytes += message->len;
    look_for_leaks_in(to_record(*message));
  }
  return true;
}

}  // namespace penstock::test
