// Goal: what lies in Kafka is read without a group, from the beginning or from now on; what stands
// in the way is said plainly. Method: librdkafka's mock cluster, written to by the gateway's sink.
#include "topic_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/free_port.hpp"
#include "unit/gateway/sink/batch_builder.hpp"
#include "unit/gateway/sink/mock_kafka.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::ctl {
namespace {

using test::BatchBuilder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class TopicReaderTest : public ::testing::Test {
 protected:
  TopicReaderTest() { EXPECT_TRUE(runner_.wait_available()); }

  ReaderSettings settings() {
    ReaderSettings settings;
    settings.brokers = kafka_.bootstrap();
    settings.topics = {"user-activity", "db-changes"};
    settings.from_beginning = true;
    return settings;
  }
  gateway::KafkaSettings sink_settings() {
    gateway::KafkaSettings settings;
    settings.brokers = kafka_.bootstrap();
    return settings;
  }
  // Reads until `count` records are there.
  static std::vector<std::string> read(TopicReader& reader, std::size_t count) {
    std::vector<std::string> values;
    EXPECT_TRUE(test::eventually([&] {
      if (auto record = reader.next()) values.push_back(record->value);
      return values.size() >= count && reader.caught_up();
    }));
    return values;
  }
  static std::string error_of(const ReaderSettings& settings) {
    try {
      TopicReader reader(settings);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }

  test::MockKafka kafka_;
  test::SinkRunner runner_{sink_settings()};
};

TEST_F(TopicReaderTest, FromTheBeginningReadsAllPartitionsOfAllTopicsWithHeaders) {
  ASSERT_FALSE(runner_
                   .deliver(BatchBuilder()
                                .event("one", "key-a")
                                .event("two", "key-b")
                                .event("three", "record-1", "db-changes")
                                .event("four", "key-c")
                                .build())
                   .has_value());

  TopicReader reader(settings());
  EXPECT_THAT(read(reader, 4), UnorderedElementsAre("one", "two", "three", "four"));

  TopicReader again(settings());
  std::optional<Record> record;
  ASSERT_TRUE(test::eventually([&] { return (record = again.next()).has_value(); }));
  EXPECT_EQ(record->header("correlationId"), "flow-1");
  EXPECT_TRUE(record->key.has_value());
}

TEST_F(TopicReaderTest, WithoutFromTheBeginningShowsOnlyWhatArrivesFromNowOn) {
  ASSERT_FALSE(runner_.deliver(BatchBuilder().event("old").build()).has_value());
  auto from_now = settings();
  from_now.from_beginning = false;
  TopicReader reader(from_now);
  read(reader, 0);  // until it stands at each partition's end

  ASSERT_FALSE(runner_.deliver(BatchBuilder().event("new").build()).has_value());
  EXPECT_THAT(read(reader, 1), UnorderedElementsAre("new"));
}

TEST_F(TopicReaderTest, ByAKeyReadsOnlyThePartitionThatTheGatewayWritesItInto) {
  BatchBuilder batch;
  for (int i = 0; i < 40; ++i) batch.event(std::to_string(i), "key-" + std::to_string(i));
  batch.event("mine", "key-7").event("change", "key-1", "db-changes");
  ASSERT_FALSE(runner_.deliver(batch.build()).has_value());

  auto keyed = settings();
  keyed.until_ms = std::numeric_limits<std::int64_t>::max();
  keyed.keys = {{"user-activity", "key-7"}};
  TopicReader reader(keyed);
  EXPECT_THAT(reader.spans(), SizeIs(1 + 4));
  const auto values = read(reader, 0);
  EXPECT_THAT(values, AllOf(Contains("7"), Contains("mine"), Contains("change")));
  EXPECT_LT(values.size(), 30u);
}

TEST_F(TopicReaderTest, WithABoundItEndsWhereTheTopicEndedWhenItBegan) {
  ASSERT_FALSE(runner_.deliver(BatchBuilder().numbered(0, 5).build()).has_value());
  auto bounded = settings();
  bounded.until_ms = std::numeric_limits<std::int64_t>::max();
  TopicReader reader(bounded);
  std::int64_t records = 0;
  for (const auto& span : reader.spans()) records += span.end - span.begin;
  EXPECT_EQ(records, 5);

  ASSERT_FALSE(runner_.deliver(BatchBuilder().numbered(5, 5).build()).has_value());
  EXPECT_THAT(read(reader, 5), ElementsAre("0", "1", "2", "3", "4"));
  EXPECT_FALSE(reader.next().has_value());
}

TEST_F(TopicReaderTest, APartitionIsDoneAtItsFirstRecordAfterTheBoundAndItsSlack) {
  ASSERT_FALSE(runner_.deliver(BatchBuilder().numbered(0, 5).build()).has_value());
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  auto bounded = settings();
  bounded.until_ms = now - kUntilSlackMs / 2;
  TopicReader within(bounded);
  EXPECT_THAT(read(within, 5), SizeIs(5));
  bounded.until_ms = now - 2 * kUntilSlackMs - 600'000;
  TopicReader after(bounded);
  EXPECT_THAT(read(after, 0), IsEmpty());
}

TEST_F(TopicReaderTest, NothingToReadWithinABoundIsDoneAtOnce) {
  auto bounded = settings();
  bounded.until_ms = std::numeric_limits<std::int64_t>::max();
  const TopicReader reader(bounded);
  EXPECT_TRUE(reader.caught_up());
}

TEST_F(TopicReaderTest, MissingTopicsAreNamedWhenNoneIsThere) {
  auto wrong = settings();
  wrong.topics = {"nowhere"};
  EXPECT_THAT(error_of(wrong), HasSubstr("none of the topics nowhere"));
}

TEST_F(TopicReaderTest, NobodyListeningIsSaidWithTheAddress) {
  auto wrong = settings();
  wrong.brokers = "127.0.0.1:" + std::to_string(test::free_port());
  EXPECT_THAT(error_of(wrong), HasSubstr("no Kafka answers at " + wrong.brokers));
}

TEST_F(TopicReaderTest, WrongPropertyIsNamed) {
  auto wrong = settings();
  wrong.properties = {{"sasl.pasword", "x"}};
  EXPECT_THAT(error_of(wrong), HasSubstr("sasl.pasword"));
}

}  // namespace
}  // namespace penstock::ctl
