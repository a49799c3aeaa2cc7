// What lies in a topic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::test {

struct KafkaRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;  // in their order

  std::optional<std::string> header(std::string_view name) const;  // the first of that name
};

// Every record from the beginning to what is its end when this is called, by partition and offset;
// nothing if there is no such topic. Joins no group, commits nothing. Any thread.
// Throws std::runtime_error when the brokers do not answer.
// What is read is searched for leaks (leaks/leak_search.hpp).
std::vector<KafkaRecord> read_topic(const std::string& bootstrap, const std::string& topic);

// Reads all topics but Kafka's own from beginning to end, for at most a minute and 512 MiB. False
// if that was not enough, or no broker answers.
bool look_for_leaks_in_every_topic(const std::string& bootstrap);

}  // namespace penstock::test
