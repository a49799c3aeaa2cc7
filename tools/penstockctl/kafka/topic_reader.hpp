// Reads topics as they grow. Joins no group and commits nothing, so that it disturbs no consumer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record_view.hpp"

struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;

namespace penstock::ctl {

struct ReaderSettings {
  std::string brokers;
  std::vector<std::string> topics;
  bool from_beginning = false;
  std::optional<std::int64_t> since_ms;  // from the first record of this time on, by Kafka's clock
  struct Place {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
  };
  std::optional<Place> place;  // from there on, and this partition alone
  // Bounds the reading: a partition is done at its first record that is later than this by
  // kUntilSlackMs, or at the end that it had when the reader began. Records just after `until_ms` are
  // still given: who asks by time filters by it.
  std::optional<std::int64_t> until_ms;
  // Topic to key: of this topic only the partition into which the gateway writes records of this key.
  std::map<std::string, std::string> keys;
  std::map<std::string, std::string> properties;  // librdkafka's; may hold secrets
};

// Gateways write at the same time, each by its own clock: so far a partition's times may go back.
inline constexpr std::int64_t kUntilSlackMs = 60'000;

// One thread at a time.
class TopicReader {
 public:
  // The records of a partition with offsets from begin to before end.
  struct Span {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t begin = 0, end = 0;
  };

  // Topics that do not exist are left out. Throws std::runtime_error when Kafka cannot be reached,
  // when none of the topics exists, or when a property is wrong.
  explicit TopicReader(const ReaderSettings& settings);
  ~TopicReader();
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;

  // The next record, or nothing if there is none within a moment. Kafka that goes away meanwhile is
  // waited for, see away(). Throws std::runtime_error when reading on is impossible.
  std::optional<Record> next();
  // Why no broker answers now; "" if they do.
  std::string away() const;
  // Whether all that was there has been read, at least once; with until_ms: whether all is done.
  bool caught_up() const noexcept { return partitions_behind_ == 0; }
  // With until_ms: what is read until caught_up(), by partition; also those without records.
  const std::vector<Span>& spans() const noexcept { return spans_; }

 private:
  struct Client;
  struct Partition {
    bool behind = true;
    std::int64_t end = 0;
  };
  void bound(const ReaderSettings& settings, rd_kafka_topic_partition_list_s* list);
  std::optional<Record> within_bounds(const rd_kafka_message_s& message);
  void done(const rd_kafka_message_s& message);
  void look_whether_back();

  const std::unique_ptr<Client> client_;
  std::size_t partitions_behind_ = 0;
  std::map<std::pair<std::string, std::int32_t>, Partition> partitions_;
  std::int64_t until_ms_ = 0;  // with the slack
  std::vector<Span> spans_;
};

}  // namespace penstock::ctl
