// Goal: without a broker, the gateway brings its own Kafka, and any client can read from it.
// Method: a sink without brokers; the records are read over the port that it names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batch_builder.hpp"
#include "sink_runner.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_reader.hpp"

namespace penstock::gateway {
namespace {

using test::BatchBuilder;
using test::SinkRunner;

TEST(EmbeddedKafkaTest, HoldsWhatIsDeliveredForAnyClient) {
  SinkRunner runner({});
  ASSERT_TRUE(runner.wait_available());
  EXPECT_TRUE(runner.sink().embedded());

  ASSERT_FALSE(runner.deliver(BatchBuilder().event("one").build()).has_value());

  const auto records = test::read_topic(runner.sink().brokers(), "user-activity");
  ASSERT_THAT(records, ::testing::SizeIs(1));
  EXPECT_EQ(records[0].value, "one");
  EXPECT_EQ(records[0].header("schema"), "UserActivity/1");
}

TEST(EmbeddedKafkaTest, HasItsTopicsWithPrefixAndPartitionsFromTheStart) {
  KafkaSettings settings;
  settings.topic_prefix = "trial.";
  settings.partitions = 3;
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());

  const test::KafkaAdmin admin(runner.sink().brokers());
  EXPECT_EQ(admin.partitions("trial.user-activity"), 3);
  EXPECT_EQ(admin.partitions("trial.db-changes"), 3);
  EXPECT_EQ(admin.partitions("trial.dead-letter"), 3);
  EXPECT_EQ(admin.partitions("trial.custom-events"), 0);
}

TEST(EmbeddedKafkaTest, HasTheTopicOfCustomTypesWhereTheSettingsNameIt) {
  KafkaSettings settings;
  settings.topics.insert(settings.topics.begin(), wire::kTopicCustomEvents);
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());

  ASSERT_FALSE(
      runner.deliver(BatchBuilder().event("one", "k", "custom-events").build()).has_value());
  const auto records = test::read_topic(runner.sink().brokers(), "custom-events");
  ASSERT_THAT(records, ::testing::SizeIs(1));
  EXPECT_EQ(records[0].key, "k");
}

}  // namespace
}  // namespace penstock::gateway
