// Goal: no setting can take away what the gateway promises, and a wrong one is named.
// Method: make the configuration, and ask librdkafka what it holds.
#include "sink/producer_conf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace penstock::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ProducerConfTest : public ::testing::Test {
 protected:
  std::string value_of(const std::string& name, std::size_t batch_bytes_max = kKafkaBatchBytesMax) {
    const auto conf = producer_conf(settings_, "broker:9092", reports_, batch_bytes_max);
    std::array<char, 256> value{};
    std::size_t size = value.size();
    EXPECT_EQ(rd_kafka_conf_get(conf.get(), name.c_str(), value.data(), &size), RD_KAFKA_CONF_OK);
    return value.data();
  }
  std::string error() {
    try {
      producer_conf(settings_, "broker:9092", reports_);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  }

  KafkaSettings settings_;
  KafkaLog log_ = [](KafkaLogLevel, std::string_view) {};
  LibraryReports reports_{log_};
};

TEST_F(ProducerConfTest, WhatThePromisesRestOnIsSet) {
  EXPECT_EQ(value_of("enable.idempotence"), "true");
  EXPECT_EQ(value_of("enable.gapless.guarantee"), "true");
  EXPECT_EQ(value_of("acks"), "-1");
  EXPECT_EQ(value_of("partitioner"), "murmur2_random");
}

TEST_F(ProducerConfTest, BatchesAreNoLargerThanTheTopicTakesOrTheOperatorWants) {
  EXPECT_EQ(value_of("message.max.bytes"), "1000000");
  EXPECT_EQ(value_of("batch.size"), "1000000");
  EXPECT_EQ(value_of("batch.size", 20'000), "20000");
  settings_.properties["batch.size"] = "5000";
  EXPECT_EQ(value_of("batch.size", 20'000), "5000");
}

TEST_F(ProducerConfTest,
       AnAttemptToConnectThatNobodyAnswersIsGivenUpSoonUnlessTheOperatorWantsAnotherTime) {
  EXPECT_EQ(value_of("socket.connection.setup.timeout.ms"), "2000");
  settings_.properties["socket.connection.setup.timeout.ms"] = "9000";
  EXPECT_EQ(value_of("socket.connection.setup.timeout.ms"), "9000");
}

TEST_F(ProducerConfTest, PropertiesThatWouldBreakAPromiseAreRefusedByName) {
  for (const auto* name : {"acks", "request.required.acks", "enable.idempotence", "partitioner",
                           "delivery.report.only.error", "message.timeout.ms", "dr_cb", "dr_msg_cb",
                           "transactional.id", "bootstrap.servers", "queuing.strategy"}) {
    settings_.properties = {{name, "x"}};
    EXPECT_THAT(error(), HasSubstr("kafka.properties." + std::string(name) + ": cannot be set"));
  }
}

TEST_F(ProducerConfTest, OtherPropertiesArePassedOn) {
  settings_.properties = {{"client.id", "mine"}, {"max.in.flight", "3"}};
  EXPECT_EQ(value_of("client.id"), "mine");
  EXPECT_EQ(value_of("max.in.flight"), "3");
}

TEST_F(ProducerConfTest, UnknownPropertyIsNamed) {
  settings_.properties = {{"sasl.pasword", "secret"}};
  EXPECT_THAT(error(), AllOf(HasSubstr("kafka.properties.sasl.pasword"), Not(HasSubstr("secret"))));
}

TEST_F(ProducerConfTest, ValueThatIsNotTakenIsNamedByItsSettingAndNotShown) {
  settings_.compression = "brotli";
  EXPECT_THAT(error(), HasSubstr("kafka.compression"));
  settings_.compression = "lz4";
  settings_.properties = {{"security.protocol", "hunter2"}};
  EXPECT_THAT(error(), AllOf(HasSubstr("security.protocol"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace penstock::gateway
