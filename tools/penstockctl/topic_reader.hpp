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
  std::optional<Place> place;                     // from there on, and this partition alone
  std::map<std::string, std::string> properties;  // librdkafka's; may hold secrets
};

// One thread at a time.
class TopicReader {
 public:
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
  // Whether all that was there has been read, at least once.
  bool caught_up() const noexcept { return partitions_behind_ == 0; }

 private:
  struct Client;
  void look_whether_back();

  const std::unique_ptr<Client> client_;
  std::size_t partitions_behind_ = 0;
  std::map<std::pair<std::string, std::int32_t>, bool> behind_;
};

}  // namespace penstock::ctl
