// Goal: what a program records with the SDK lies in Kafka, masked, once each and in order; and when
// it cannot be sent, it is kept and the reason is said.
// Method: the real library, the real gateway behind TLS, and a real broker where it is killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/gateway_process.hpp"
#include "support/http_client.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/leaks/planted_event.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::GatewayOptions;
using test::GatewayProcess;
using test::KafkaBroker;
using test::KafkaRecord;
using test::planted;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class SdkDeliveryTest : public ::testing::Test {
 protected:
  // Of its own prefix, so that cases can share a broker.
  static GatewayOptions behind(const KafkaBroker& broker, const std::string& prefix) {
    GatewayOptions options;
    options.brokers = broker.bootstrap();
    options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix;
    return options;
  }
  Options options_for(const GatewayProcess& gateway) const {
    Options options;
    options.directory = directory_ / "telemetry";
    options.endpoint = gateway.base_url();
    options.write_key = gateway.write_key();
    options.ca_file = gateway.ca_file();
    options.log = [](LogLevel, std::string_view, std::string_view text) {
      test::look_for_leaks("log of the SDK", text);
    };
    options.batch_age_max = std::chrono::milliseconds(10);
    options.retry_delay_min = std::chrono::milliseconds(10);
    options.retry_delay_max = std::chrono::milliseconds(200);
    return options;
  }
  static Client open(const Options& options) {
    auto client = Client::open(options);
    EXPECT_TRUE(client) << client.status().message();
    return *std::move(client);
  }
  static void expect_all_sent(Client& client) {
    const Status flushed = client.flush(test::kPatience);
    EXPECT_TRUE(flushed) << flushed.message();
    EXPECT_EQ(client.stats().pending, 0u);
  }
  // What it says once it has tried in vain.
  static std::string complaint(Client& client) {
    EXPECT_TRUE(eventually([&] { return !client.stats().sender_message.empty(); }));
    return client.stats().sender_message;
  }

  // Of each event once, by its eventId, in the order of their partition: all are of one key.
  static std::vector<std::uint64_t> seqs_in_kafka(const KafkaBroker& broker,
                                                  const std::string& prefix) {
    std::set<std::string> ids;
    std::vector<std::uint64_t> seqs;
    for (const auto& record : test::read_topic(broker.bootstrap(), prefix + "user-activity")) {
      const Json event = Json::parse(record.value);
      if (ids.insert(event["eventId"]).second) seqs.push_back(event["seq"].get<std::uint64_t>());
    }
    return seqs;
  }

  test::TempDirectory directory_;
};

std::string all_text(const std::vector<KafkaRecord>& records) {
  std::string text;
  for (const auto& record : records) {
    text += record.key.value_or("") + record.value;
    for (const auto& [name, value] : record.headers) text += name + value;
  }
  return text;
}

TEST_F(SdkDeliveryTest, WhatIsForgottenIsAskedToBeErasedInKafka) {
  auto& broker = KafkaBroker::shared();
  GatewayProcess gateway(behind(broker, "forget."));
  auto client = open(options_for(gateway));
  ASSERT_TRUE(client.track(planted(Event::error("what is forgotten"))).ok());
  expect_all_sent(client);
  const auto sent = test::read_topic(broker.bootstrap(), "forget.user-activity");
  ASSERT_FALSE(sent.empty());
  ASSERT_TRUE(client.forget().ok());
  ASSERT_TRUE(eventually(
      [&] { return !test::read_topic(broker.bootstrap(), "forget.erasure-requests").empty(); }));
  const auto asked = test::read_topic(broker.bootstrap(), "forget.erasure-requests");
  EXPECT_EQ(Json::parse(asked[0].value)["installId"], Json::parse(sent[0].value)["installId"]);
}

TEST_F(SdkDeliveryTest, ATypeOfTheProgramsOwnLiesInItsTopicWithWhatIsNestedInIt) {
  auto& broker = KafkaBroker::shared();
  std::filesystem::create_directory(directory_ / "schemas");
  std::ofstream(directory_ / "schemas/Purchase.v1.json") << R"({"properties":{"details":
      {"required":["cart"],"properties":{"cart":{"required":["total","items"]}}}}})";
  GatewayOptions behind_broker = behind(broker, "own.");
  behind_broker.environment["PENSTOCK_EVENT_TYPES_SCHEMAS"] = directory_ / "schemas";
  GatewayProcess gateway(behind_broker);
  Options options = options_for(gateway);
  options.event_types = {"Purchase"};
  Client client = open(options);
  ASSERT_TRUE(client.set_user("user-1").ok());
  const auto buy = [&](const Value& cart) {
    ASSERT_TRUE(client
                    .track(Event::custom("Purchase")
                               .detail("cart", cart)
                               .metadata("note", test::planted_sentence()))
                    .ok());
  };
  buy(Value::object({{"total", 12.5},
                     {"items", Value::array({Value::object({{"sku", "A-1"},
                                                            {"gift for", "anna@example.com"},
                                                            {"password", "hunter2"}})})}}));
  buy(Value::object({{"total", 12.5}}));
  expect_all_sent(client);

  EXPECT_EQ(client.stats().acknowledged, 1u);
  EXPECT_EQ(client.stats().rejected, 1u);
  const auto custom = test::read_topic(broker.bootstrap(), "own.custom-events");
  ASSERT_EQ(custom.size(), 1u);
  EXPECT_EQ(custom[0].key, "user-1");
  EXPECT_EQ(custom[0].header("schema"), "Purchase/1");
  EXPECT_EQ(Json::parse(custom[0].value)["details"],
            Json::parse(R"({"cart":{"total":12.5,"items":[{"sku":"A-1","gift for":"[email]",
                                                            "password":"[removed]"}]}})"));
}

TEST_F(SdkDeliveryTest, AUsersWayLiesInKafkaCompleteStampedAndMasked) {
  auto& broker = KafkaBroker::shared();
  GatewayProcess gateway(behind(broker, "way."));
  Options options = options_for(gateway);
  options.app_name = "ApprovalDesk";
  Client client = open(options);
  ASSERT_TRUE(client.set_user("user-1").ok());
  ASSERT_TRUE(client.track(planted(Event::session_start())).ok());
  ASSERT_TRUE(client.track(Event::error("mail anna@example.com, card 4111 1111 1111 1111")).ok());
  ASSERT_TRUE(client.track(Event::record_approved("REQ-1").detail("password", "hunter2")).ok());
  ASSERT_TRUE(
      client.track_json(R"({"activityType":"Click","details":{"n":"+1 212 555 0142"}})").ok());
  expect_all_sent(client);

  const auto activity = test::read_topic(broker.bootstrap(), "way.user-activity");
  const auto changes = test::read_topic(broker.bootstrap(), "way.db-changes");
  ASSERT_EQ(activity.size(), 3u);
  ASSERT_EQ(changes.size(), 1u);
  for (const auto& record : {activity[0], changes[0]}) {
    EXPECT_EQ(record.key, "user-1");
    const Json event = Json::parse(record.value);
    EXPECT_EQ(event["eventId"], record.header("eventId").value_or(""));
    EXPECT_EQ(event["correlationId"], record.header("correlationId").value_or(""));
    EXPECT_EQ(event["installId"], client.stats().install_id);
    EXPECT_EQ(event["metadata"]["app"], "ApprovalDesk");
    EXPECT_TRUE(event.contains("receivedAt"));
    EXPECT_TRUE(event.contains("clockSkewMs"));
  }
  EXPECT_EQ(Json::parse(changes[0].value)["action"], "Approved");
  const std::string everything = all_text(activity) + all_text(changes);
  for (const char* planted : {"anna@", "4111 1111", "hunter2", "555 0142"})
    EXPECT_THAT(everything, Not(HasSubstr(planted)));
  for (const char* mask : {"[email]", "[card]", "[removed]", "[phone]"})
    EXPECT_THAT(everything, HasSubstr(mask));
}

TEST_F(SdkDeliveryTest, AKilledGatewayAndAKilledBrokerCostNothingAndKeepTheOrder) {
  KafkaBroker broker;
  GatewayProcess gateway(behind(broker, ""));
  Client client = open(options_for(gateway));
  ASSERT_TRUE(client.set_user("user-1").ok());
  std::uint64_t recorded = 0;
  const auto record = [&](int count) {
    for (int i = 0; i < count; ++i, ++recorded)
      ASSERT_TRUE(client.track(planted(Event::click("p", "b"))).ok());
  };
  record(500);
  ASSERT_TRUE(eventually([&] { return client.stats().acknowledged > 0; }));
  gateway.kill();
  record(500);
  ASSERT_TRUE(eventually([&] { return client.stats().sender == SenderState::kRetrying; }));
  gateway.restart();
  record(500);
  broker.kill();
  record(500);
  EXPECT_TRUE(
      eventually([&] { return client.stats().sender_message.find("503") != std::string::npos; }));
  broker.restart();
  expect_all_sent(client);
  EXPECT_EQ(client.stats().acknowledged, recorded);

  std::vector<std::uint64_t> expected(recorded);
  std::iota(expected.begin(), expected.end(), std::uint64_t{1});
  EXPECT_EQ(seqs_in_kafka(broker, ""), expected);
}

TEST_F(SdkDeliveryTest, AGatewayThatIsKilledWhileItReceivesLosesNothingAndEachEventIsOne) {
  auto& broker = KafkaBroker::shared();
  GatewayProcess gateway(behind(broker, "kills."));
  Options options = options_for(gateway);
  options.batch_events_max = 10;  // so that each kill hits some batch half-way
  Client client = open(options);
  ASSERT_TRUE(client.set_user("user-1").ok());
  std::uint64_t recorded = 0;
  for (int kill = 0; kill < 4; ++kill) {
    const auto before = client.stats().acknowledged;
    for (int i = 0; i < 1000; ++i, ++recorded)
      ASSERT_TRUE(client.track(planted(Event::click("p", "b"))).ok());
    ASSERT_TRUE(eventually([&] { return client.stats().acknowledged > before; }));
    gateway.kill();
    EXPECT_GE(seqs_in_kafka(broker, "kills.").size(), client.stats().acknowledged);
    gateway.restart();
  }
  expect_all_sent(client);

  std::vector<std::uint64_t> expected(recorded);
  std::iota(expected.begin(), expected.end(), std::uint64_t{1});
  EXPECT_EQ(seqs_in_kafka(broker, "kills."), expected);
}

TEST_F(SdkDeliveryTest, AServerOfAnotherNameGetsNothingAndTheReasonIsSaid) {
  GatewayOptions gateway_options;
  gateway_options.certificate = test::CertificateKind::kWrongHost;
  GatewayProcess gateway(gateway_options);
  Client client = open(options_for(gateway));
  ASSERT_TRUE(client.track(planted(Event::session_start())).ok());
  EXPECT_THAT(complaint(client), AllOf(HasSubstr("certificate"), HasSubstr("127.0.0.1")));
  EXPECT_EQ(client.stats().pending, 1u);
}

// The gateway refuses to start with such a certificate, so this server is the test's own.
TEST_F(SdkDeliveryTest, AServerWhoseCertificateHasExpiredGetsNothingAndTheReasonIsSaid) {
  const test::TestCertificate expired(directory_.path(), test::CertificateKind::kExpired);
  test::TestGateway server(&expired);
  Options options;
  options.directory = directory_ / "telemetry";
  options.endpoint = server.endpoint();
  options.write_key = "pk_test";
  options.ca_file = expired.ca_file();
  Client client = open(options);
  ASSERT_TRUE(client.track(planted(Event::session_start())).ok());
  EXPECT_THAT(complaint(client), AllOf(HasSubstr("certificate"), HasSubstr("expired")));
  EXPECT_EQ(client.stats().pending, 1u);
  EXPECT_EQ(server.plain_bytes(), 0u);
}

TEST_F(SdkDeliveryTest, AnAuthorityThatIsNotTrustedGetsNothingUntilItIs) {
  GatewayProcess gateway{GatewayOptions()};
  const test::TestCertificate stranger(directory_.path());
  Options options = options_for(gateway);
  options.ca_file = stranger.ca_file();
  {
    Client client = open(options);
    ASSERT_TRUE(client.track(planted(Event::session_start())).ok());
    EXPECT_THAT(complaint(client), AllOf(HasSubstr("certificate"), HasSubstr("ca_file")));
    EXPECT_EQ(client.stats().sender, SenderState::kRetrying);
    EXPECT_EQ(client.stats().pending, 1u);
  }
  Client client = open(options_for(gateway));
  EXPECT_EQ(client.stats().adopted, 1u);
  expect_all_sent(client);
  EXPECT_EQ(client.stats().acknowledged, 1u);
}

TEST_F(SdkDeliveryTest, AWrongKeyIsRefusedAndTheEventsGoOutWithTheRightOne) {
  auto& broker = KafkaBroker::shared();
  GatewayProcess gateway(behind(broker, "key."));
  Options options = options_for(gateway);
  options.write_key = "pk_of_somebody_else";
  {
    Client client = open(options);
    ASSERT_TRUE(client.track(planted(Event::session_start())).ok());
    const Status flushed = client.flush(test::kPatience);
    EXPECT_EQ(flushed.code(), StatusCode::kRefused);
    EXPECT_THAT(flushed.message(), AllOf(HasSubstr("401"), Not(HasSubstr("pk_of_somebody"))));
    EXPECT_EQ(client.stats().sender, SenderState::kRefused);
    EXPECT_THAT(client.stats().sender_message, HasSubstr("write_key"));
    ASSERT_TRUE(client.track(planted(Event::session_end())).ok());  // recording goes on
    EXPECT_EQ(client.stats().pending, 2u);
  }
  EXPECT_TRUE(seqs_in_kafka(broker, "key.").empty());
  Client client = open(options_for(gateway));
  EXPECT_EQ(client.stats().adopted, 2u);
  expect_all_sent(client);
  EXPECT_EQ(seqs_in_kafka(broker, "key."), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(SdkDeliveryTest, ARateLimitDelaysAndLosesNothing) {
  GatewayOptions gateway_options;
  gateway_options.requests_per_second = 5;
  GatewayProcess gateway(gateway_options);
  Options options = options_for(gateway);
  options.batch_events_max = 1;  // a request each
  Client client = open(options);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(client.track(planted(Event::click("p", "b"))).ok());
  expect_all_sent(client);
  EXPECT_EQ(client.stats().acknowledged, 60u);
  EXPECT_GT(client.stats().retries, 0u);
}

}  // namespace
}  // namespace penstock
