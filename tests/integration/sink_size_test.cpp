// Goal: an event that its topic does not take is rejected alone, lies in the dead-letter topic, and
// no other batch feels it; also when the limit changes while the gateway runs. Method: a real sink,
// and topics of a real broker with limits of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "unit/gateway/sink/batch_builder.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::gateway {
namespace {

using test::BatchBuilder;
using test::KafkaAdmin;
using test::KafkaBroker;
using test::SinkRunner;
using ::testing::SizeIs;

constexpr std::size_t kLimit = 20'000;
constexpr std::size_t kLarge = 100'000;

// Which no compression makes smaller.
std::string noise(std::size_t bytes) {
  std::minstd_rand random;
  std::string text(bytes, ' ');
  for (char& c : text) c = static_cast<char>('!' + random() % 90);
  return text;
}

class SinkSizeTest : public ::testing::Test {
 protected:
  static std::string name(const std::string& topic) {
    return std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "." +
           topic;
  }
  void create(const std::string& topic, std::size_t bytes_max) {
    admin_.create_topic(name(topic), 2, {{"max.message.bytes", std::to_string(bytes_max)}});
  }
  KafkaSettings settings() const {
    KafkaSettings settings;
    settings.create_topics = true;
    settings.brokers = KafkaBroker::shared().bootstrap();
    settings.topic_prefix = name("");
    return settings;
  }
  std::shared_ptr<Batch> batch_of(const std::string& value) const {
    return BatchBuilder().event(value, "user-1", name("user-activity")).build();
  }
  static SinkRunner::Answer send(SinkRunner& runner, const std::shared_ptr<Batch>& batch) {
    runner.sink().fit(*batch);
    return runner.deliver(batch);
  }
  static std::vector<test::KafkaRecord> records(const std::string& topic) {
    return test::read_topic(KafkaBroker::shared().bootstrap(), name(topic));
  }

  KafkaAdmin admin_{KafkaBroker::shared().bootstrap()};
};

TEST_F(SinkSizeTest, AnEventBeyondItsTopicsLimitIsRejectedAloneAndNoOtherFeelsIt) {
  create("user-activity", kLimit);
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  constexpr int kRounds = 30;
  for (int i = 0; i < kRounds; ++i) {
    const auto mixed = BatchBuilder()
                           .event(noise(kLarge), "user-1", name("user-activity"))
                           .event("beside it", "user-1", name("user-activity"))
                           .build();
    ASSERT_FALSE(send(runner, mixed).has_value());
    ASSERT_TRUE(mixed->events[0].reject.has_value());
    ASSERT_FALSE(send(runner, batch_of("of another client")).has_value());
  }
  EXPECT_THAT(records("user-activity"), SizeIs(2 * kRounds));
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(kRounds));
  EXPECT_EQ(letters[0].value, noise(kLarge)) << "that topic takes all of it";
  EXPECT_EQ(letters[0].header("code"), "record_too_large");
  EXPECT_EQ(runner.sink().stats().replacements, 0u);
}

TEST_F(SinkSizeTest, ALetterIsCutToWhatItsTopicTakes) {
  create("user-activity", kLimit);
  create("dead-letter", kLimit);
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(send(runner, batch_of(noise(kLarge))).has_value());
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  const auto kept = nlohmann::json::parse(letters[0].value).get<std::string>();
  EXPECT_GT(kept.size(), kLimit / 2);
  EXPECT_TRUE(noise(kLarge).starts_with(kept));
  EXPECT_EQ(letters[0].header("truncatedFrom"), std::to_string(kLarge));
}

TEST_F(SinkSizeTest, ManySmallEventsAreSentInBatchesThatTheTopicTakes) {
  create("user-activity", kLimit);
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  BatchBuilder builder;
  for (int i = 0; i < 500; ++i) builder.event(noise(1000), "user-1", name("user-activity"));
  const auto batch = builder.build();
  ASSERT_FALSE(send(runner, batch).has_value());
  EXPECT_THAT(records("user-activity"), SizeIs(500));
}

TEST_F(SinkSizeTest, ALimitThatIsLoweredMeanwhileIsLearntAndTheEventIsRejected) {
  create("user-activity", 10 * kLarge);
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(send(runner, batch_of(noise(kLarge))).has_value());
  admin_.set_config(name("user-activity"), "max.message.bytes", std::to_string(kLimit));

  // As an SDK does: until it is answered well.
  EXPECT_TRUE(test::eventually([&] {
    const auto again = batch_of(noise(kLarge));
    return !send(runner, again).has_value() && again->events[0].reject.has_value();
  }));
  EXPECT_TRUE(runner.deliver_until_taken(batch_of("small")));
  EXPECT_LE(runner.sink().stats().replacements, 2u);
}

}  // namespace
}  // namespace penstock::gateway
