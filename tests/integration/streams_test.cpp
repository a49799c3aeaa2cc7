// What the Kafka Streams application says and does when its topics or its state are not as they
// must be, on a real broker. What it counts is tested in samples/kafka_streams, and under kill -9 by
// the oracle.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kafka_handles.hpp"
#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/streams_process.hpp"
#include "transaction.hpp"
#include "wire/timestamp.hpp"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr int kStreamsPartitions = 2;
constexpr std::int64_t kWindowMs = 60'000;

std::string instant(std::int64_t milliseconds) {
  std::array<char, wire::kTimestampBytes> text;
  wire::format_timestamp(milliseconds, text.data());
  return {text.data(), text.size()};
}

class StreamsTest : public ::testing::Test {
 protected:
  StreamsTest()
      : prefix_(std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
                std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()) + "."),
        window_((std::chrono::duration_cast<std::chrono::milliseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                         .count() /
                     kWindowMs -
                 10) *
                kWindowMs),
        streams_({broker_.bootstrap(),
                  "one",
                  {{"application.id", prefix_ + "streams"},
                   {"penstock.topic.prefix", prefix_},
                   {"penstock.tick.interval", "100ms"}}}) {}

  void create_sources(int changes = kStreamsPartitions) {
    broker_.create_topic(prefix_ + "user-activity", kStreamsPartitions);
    broker_.create_topic(prefix_ + "db-changes", changes);
  }

  // A click of each of these users in the window, or so long after it, and something that is no
  // event.
  void write_clicks(const std::vector<std::string>& users, std::int64_t after_ms = 0) {
    ctl::TransactionalProducer producer(kafka_, prefix_ + "writer");
    producer.begin();
    for (const auto& user : users) {
      const std::int64_t time = window_ + after_ms + ++written_;
      const Json event = {{"eventId", prefix_ + std::to_string(written_)},
                          {"correlationId", "flow"},
                          {"receivedAt", instant(time)},
                          {"eventType", "UserActivity"},
                          {"timestamp", instant(time)},
                          {"userId", user},
                          {"activityType", "Click"}};
      producer.send(prefix_ + "user-activity", RD_KAFKA_PARTITION_UA, user, event.dump(), {}, time);
    }
    producer.send(prefix_ + "user-activity", 0, "nobody", "no event", {}, window_);
    producer.commit();
  }

  // Who was counted how often, from all that was ever written.
  std::multimap<std::string, int> counts() const {
    std::multimap<std::string, int> found;
    for (const auto& record : read_topic(broker_.bootstrap(), prefix_ + "aggregated-activity")) {
      const auto row = Json::parse(record.value);
      found.emplace(row.at("userId"), row.at("count"));
    }
    return found;
  }

  std::string changelog(const std::string& store) const {
    return prefix_ + "streams-" + store + "-changelog";
  }

  KafkaBroker& broker_ = KafkaBroker::shared();
  const std::string prefix_;
  const std::int64_t window_;  // its begin; long enough ago that ticks close it at once
  const ctl::KafkaAccess kafka_{broker_.bootstrap(), prefix_, {}};
  StreamsProcess streams_;
  int written_ = 0;
};

TEST_F(StreamsTest, WithoutTheGatewaysTopicsItEndsAndNamesTheOneThatIsMissing) {
  streams_.start();
  EXPECT_EQ(streams_.wait(), 2);
  EXPECT_THAT(streams_.log_end(), HasSubstr("the topic " + prefix_ + "user-activity is not there"));
}

TEST(StreamsStartTest, AKafkaThatIsNotThereYetIsWaitedFor) {
  KafkaBroker broker;
  broker.create_topic("user-activity", 1);
  broker.create_topic("db-changes", 1);
  broker.kill();
  StreamsProcess streams(
      {broker.bootstrap(),
       "one",
       {{"admin.default.api.timeout.ms", "1000"}, {"admin.request.timeout.ms", "1000"}}});
  streams.start();
  ASSERT_TRUE(
      eventually([&] { return streams.log_end().find("waiting for Kafka") != std::string::npos; }));
  broker.restart();
  streams.wait_until_ready();
  streams.stop();
}

TEST_F(StreamsTest, SourcesThatCannotBeJoinedAreRefused) {
  create_sources(3);
  streams_.start();
  EXPECT_EQ(streams_.wait(), 2);
  EXPECT_THAT(streams_.log_end(), HasSubstr("user-activity has 2 partitions and"));
  EXPECT_THAT(streams_.log_end(), HasSubstr("db-changes has 3"));
}

TEST_F(StreamsTest, AStateThatWasDeletedIsRefusedAndAResetCountsAgain) {
  create_sources();
  write_clicks({"before the reset", "before the reset"}, -15 * kWindowMs);
  write_clicks({"anna", "ben", "anna"});
  streams_.start();
  std::multimap<std::string, int> expected = {{"before the reset", 2}, {"anna", 2}, {"ben", 1}};
  ASSERT_TRUE(eventually([&] { return counts() == expected; })) << streams_.log_end();
  streams_.stop();
  EXPECT_EQ(read_topic(broker_.bootstrap(), prefix_ + "aggregation-dead-letter").size(), 2U);

  KafkaAdmin(broker_.bootstrap()).delete_topic(changelog("dedupe"));
  streams_.start();
  EXPECT_EQ(streams_.wait(), 2);
  EXPECT_THAT(streams_.log_end(), HasSubstr(changelog("dedupe") + " are not there"));
  EXPECT_THAT(streams_.log_end(), HasSubstr("penstock-streams reset"));

  // Windows of five minutes: the reset rounds down to one.
  const std::string from = instant(window_ / (5 * kWindowMs) * 5 * kWindowMs);
  EXPECT_THAT(streams_.reset(from), HasSubstr("penstock.not.before="));
  streams_.set("penstock.not.before", from);
  streams_.start();
  expected.insert({{"anna", 2}, {"ben", 1}});
  EXPECT_TRUE(eventually([&] { return counts() == expected; })) << streams_.log_end();
  streams_.stop();
}

TEST_F(StreamsTest, TicksThatWouldHaveTheTimesOfTheirWritersAreRefused) {
  create_sources();
  broker_.create_topic(prefix_ + "aggregation-ticks", kStreamsPartitions);
  streams_.start();
  EXPECT_EQ(streams_.wait(), 2);
  EXPECT_THAT(streams_.log_end(), HasSubstr("message.timestamp.type to LogAppendTime"));
}

TEST_F(StreamsTest, AStateThatIsDeletedWhileItRunsEndsIt) {
  create_sources();
  write_clicks({"anna"});
  streams_.start();
  ASSERT_TRUE(eventually([&] { return counts().size() == 1; })) << streams_.log_end();
  ASSERT_TRUE(eventually(
      [&] { return streams_.log_end().find("topics are watched") != std::string::npos; }));
  KafkaAdmin(broker_.bootstrap()).delete_topic(changelog("session-parts"));
  EXPECT_EQ(streams_.wait(), 2);
  EXPECT_THAT(streams_.log_end(),
              HasSubstr(changelog("session-parts") + " was deleted while the application ran"));
}

TEST_F(StreamsTest, AnInstanceThatLostItsDiskCountsOnFromKafka) {
  create_sources();
  write_clicks({"anna"});
  streams_.start();
  ASSERT_TRUE(eventually([&] { return counts().size() == 1; })) << streams_.log_end();
  streams_.kill();
  streams_.lose_state();
  streams_.start();
  streams_.wait_until_ready();
  // Sent again: the ids are remembered in Kafka.
  written_ = 0;
  write_clicks({"anna"});
  const auto letters = [&] {
    return read_topic(broker_.bootstrap(), prefix_ + "aggregation-dead-letter").size();
  };
  EXPECT_TRUE(eventually([&] { return letters() == 2; })) << streams_.log_end();
  EXPECT_EQ(counts().size(), 1U);
  EXPECT_TRUE(read_topic(broker_.bootstrap(), prefix_ + "late-events").empty());
  streams_.stop();
}

}  // namespace
}  // namespace penstock::test
