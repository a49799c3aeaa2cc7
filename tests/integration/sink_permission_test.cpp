// Goal: what Kafka does not permit for one topic is felt by that topic's batches alone, is told
// once with the cure, and ends by itself when the permission is given. Method: a real sink whose
// user has the rights that a case gives it, and a real broker with ACLs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SinkPermissionTest : public ::testing::Test {
 protected:
  static KafkaBroker& broker() {
    static KafkaBroker broker(KafkaBroker::Access::kByAcl);
    return broker;
  }
  // Topics of the case alone, which exist.
  SinkPermissionTest() {
    for (const auto* topic : {"user-activity", "db-changes", "dead-letter"})
      admin_.create_topic(name(topic), 2);
  }
  static std::string prefix() {
    return std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".";
  }
  static std::string name(const std::string& topic) { return prefix() + topic; }
  static KafkaSettings settings() {
    KafkaSettings settings;
    settings.brokers = broker().secured();
    settings.topic_prefix = prefix();
    settings.properties = {{"security.protocol", "sasl_plaintext"},
                           {"sasl.mechanism", "PLAIN"},
                           {"sasl.username", KafkaBroker::kUser},
                           {"sasl.password", KafkaBroker::kPassword}};
    return settings;
  }
  void allow(rd_kafka_AclOperation_t operation, const std::string& topic) {
    admin_.allow(KafkaBroker::kUser, operation, name(topic));
  }
  void forbid(rd_kafka_AclOperation_t operation, const std::string& topic) {
    admin_.forbid(KafkaBroker::kUser, operation, name(topic));
  }
  static std::shared_ptr<const Batch> activity(const std::string& value = "a") {
    return BatchBuilder().event(value, "user-1", name("user-activity")).build();
  }
  static std::shared_ptr<const Batch> change() {
    return BatchBuilder().event("c", "record-1", name("db-changes")).build();
  }

  KafkaAdmin admin_{broker().bootstrap()};
};

TEST_F(SinkPermissionTest, ATopicThatMayOnlyBeLookedAtDisturbsNoOther) {
  allow(RD_KAFKA_ACL_OPERATION_WRITE, "user-activity");
  allow(RD_KAFKA_ACL_OPERATION_WRITE, "dead-letter");
  allow(RD_KAFKA_ACL_OPERATION_DESCRIBE, "db-changes");
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());

  constexpr int kRounds = 200;
  for (int i = 0; i < kRounds; ++i) {
    const auto refused = runner.deliver(change());
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 503);
    ASSERT_FALSE(runner.deliver(activity()).has_value()) << "after " << i;
    ASSERT_TRUE(runner.sink().available());
  }
  EXPECT_THAT(test::read_topic(broker().bootstrap(), name("user-activity")), SizeIs(kRounds));
  EXPECT_EQ(runner.lines_with("needs the ACLs"), 1u);
  EXPECT_EQ(runner.sink().stats().replacements, 0u);

  allow(RD_KAFKA_ACL_OPERATION_WRITE, "db-changes");
  EXPECT_TRUE(runner.deliver_until_taken(change()));
}

TEST_F(SinkPermissionTest, ARightThatIsTakenAwayLaterDisturbsNoOther) {
  for (const auto* topic : {"user-activity", "db-changes", "dead-letter"})
    allow(RD_KAFKA_ACL_OPERATION_WRITE, topic);
  allow(RD_KAFKA_ACL_OPERATION_DESCRIBE, "db-changes");
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(change()).has_value());

  forbid(RD_KAFKA_ACL_OPERATION_WRITE, "db-changes");
  ASSERT_TRUE(test::eventually([&] {
    EXPECT_FALSE(runner.deliver(activity()).has_value());
    return runner.deliver(change()).has_value();
  }));
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(runner.deliver(change()).has_value());
    ASSERT_FALSE(runner.deliver(activity()).has_value()) << "after " << i;
  }
  EXPECT_TRUE(runner.sink().available());
  EXPECT_LE(runner.sink().stats().replacements, 1u);
  EXPECT_EQ(runner.lines_with("needs the ACLs"), 1u);
}

TEST_F(SinkPermissionTest, ALimitThatIsNotToldIsFoundOutAndEndsTheRepetition) {
  allow(RD_KAFKA_ACL_OPERATION_WRITE, "user-activity");
  allow(RD_KAFKA_ACL_OPERATION_WRITE, "dead-letter");
  admin_.set_config(name("user-activity"), "max.message.bytes", "60000");
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  std::string noise;
  for (unsigned i = 0, x = 1; i < 200'000; ++i)
    noise += static_cast<char>('!' + ((x = x * 1664525U + 1013904223U) >> 24U) % 90);

  EXPECT_TRUE(test::eventually([&] {
    const auto large = BatchBuilder().event(noise, "user-1", name("user-activity")).build();
    runner.sink().fit(*large);
    return !runner.deliver(large).has_value() && large->events[0].reject.has_value();
  }));
  EXPECT_TRUE(runner.deliver_until_taken(activity()));
  EXPECT_GE(runner.lines_with("DescribeConfigs"), 1u);
}

TEST_F(SinkPermissionTest, WithoutAnyRightItIsNeverReadyAndSaysSoOnce) {
  SinkRunner runner(settings());
  const auto topics_named = [&] { return runner.lines_with("needs the ACLs"); };
  ASSERT_TRUE(test::eventually([&] { return topics_named() == 3; }));
  // Asked again each second: three rounds more change nothing.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  ASSERT_TRUE(test::eventually([&] {
    EXPECT_FALSE(runner.sink().available());
    return std::chrono::steady_clock::now() > until;
  }));
  EXPECT_EQ(topics_named(), 3u);
  EXPECT_EQ(runner.lines_with("Kafka is reached"), 0u);
  EXPECT_EQ(runner.lines_with("Kafka takes nothing"), 1u);
  EXPECT_THAT(runner.sink().reason(), HasSubstr("user-activity"));

  allow(RD_KAFKA_ACL_OPERATION_WRITE, "user-activity");
  ASSERT_TRUE(runner.wait_available());
  EXPECT_TRUE(runner.deliver_until_taken(activity()));
  EXPECT_EQ(runner.lines_with("Kafka is reached"), 1u);
}

}  // namespace
}  // namespace penstock::gateway
