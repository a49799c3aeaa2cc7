// The vocabulary of the tests of penstockctl replay.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

class ReplayTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;

  // user-activity and rebuilt-activity, with 4 partitions each.
  ReplayTest();

  // So many events of this user and session to user-activity, as the gateway writes them, step_ms_
  // of Kafka's time apart.
  void write_events(std::size_t count, const std::string& user = "u-1",
                    const std::string& session = "s-1", const std::string& type = "Click");

  std::unique_ptr<ChildProcess> begin(std::vector<std::string> arguments) const;
  // What the program has written on both streams.
  std::string replay(std::vector<std::string> arguments, int status = 0) const;
  // The same with --apply --json.
  Json applied(std::vector<std::string> arguments) const;
  std::filesystem::path output_file() const { return directory_ / "output"; }
  std::string output() const;

  std::vector<KafkaRecord> topic(const std::string& name) const {
    return read_topic(broker_.bootstrap(), prefix_ + name);
  }
  // Each event that was written is in the topic, once.
  void expect_each_once(const std::string& name) const;
  std::string id_of(std::size_t number) const;

  KafkaBroker& broker_ = KafkaBroker::shared();
  const std::string prefix_;  // also when a case is repeated on this broker
  TempDirectory directory_;
  std::size_t written_ = 0;
  std::int64_t step_ms_ = 1000;
  std::string mark_;  // header `replayed` of what is written; "": none
  // Not so long ago that Kafka's retention takes the records while a case runs.
  const std::int64_t first_ms_;

  const std::vector<std::string> to_rebuilt_ = {"--from", "user-activity", "--to",
                                                "rebuilt-activity"};
  static std::vector<std::string> with(std::vector<std::string> arguments,
                                       const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

}  // namespace penstock::test
