// Goal: an operator who reads why Kafka is not reached knows which setting to mend.
// Method: a real sink, set up wrongly in one way each, and a real broker with a plain, a SASL and a
// TLS listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/kafka_broker.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::gateway {
namespace {

using test::KafkaBroker;
using test::SinkRunner;

class SinkConnectionTest : public ::testing::Test {
 protected:
  using Properties = std::map<std::string, std::string>;

  static KafkaBroker& broker() {
    static KafkaBroker broker(KafkaBroker::Access::kByAcl);
    return broker;
  }
  static Properties tls(const std::filesystem::path& ca_file) {
    return {{"security.protocol", "ssl"}, {"ssl.ca.location", ca_file.string()}};
  }
  static Properties sasl(const std::string& password) {
    return {{"security.protocol", "sasl_plaintext"},
            {"sasl.mechanism", "PLAIN"},
            {"sasl.username", KafkaBroker::kUser},
            {"sasl.password", password}};
  }
  static KafkaSettings settings(const std::string& brokers, const Properties& properties) {
    KafkaSettings settings;
    settings.create_topics = true;
    settings.brokers = brokers;
    settings.properties = properties;
    return settings;
  }
  // In the log and as the reason why the gateway is not ready, without noise.
  static void expect_told(const std::string& brokers, const Properties& properties,
                          const std::string& why) {
    SCOPED_TRACE(brokers + ": " + why);
    SinkRunner runner(settings(brokers, properties));
    EXPECT_TRUE(test::eventually([&] {
      const auto reason = runner.sink().reason();
      return reason.starts_with(brokers + ": ") && reason.find(why) != std::string::npos &&
             runner.lines_with(why) > 0;
    })) << runner.sink().reason();
    EXPECT_EQ(runner.lines_with("Kafka takes nothing: " + brokers + ": "), 1u);
    for (const char* noise : {"[thrd", "/bootstrap", "error:0A", "(after", "ca-certificates"})
      EXPECT_EQ(runner.lines_with(noise), 0u) << noise;
  }
  static std::string other_name() {
    return "127.0.0.2:" + std::to_string(broker().encrypted_port());
  }
};

TEST_F(SinkConnectionTest, AnotherProtocolThanThePortsIsTold) {
  const auto with_tls = tls(broker().ca_file());
  const auto with_sasl = sasl(KafkaBroker::kPassword);
  expect_told(broker().bootstrap(), with_tls,
              "if that port has no TLS, give kafka.brokers one that has");
  expect_told(broker().secured(), with_tls,
              "if that port has no TLS, give kafka.brokers one that has");
  expect_told(broker().bootstrap(), with_sasl, "SASL is spoken to a port that has none");
  expect_told(broker().encrypted(), {}, "port wants TLS or SASL");
  expect_told(broker().secured(), {}, "port wants TLS or SASL");
}

TEST_F(SinkConnectionTest, ACertificateIsRefusedForWhatIsWrongWithIt) {
  const test::TempDirectory elsewhere;
  const test::TestCertificate other(elsewhere.path());
  expect_told(broker().encrypted(), tls(other.ca_file()),
              "the broker's certificate is not of an authority that is trusted here");
  expect_told(other_name(), tls(broker().ca_file()),
              "the broker's certificate is not for this name");
}

TEST_F(SinkConnectionTest, AUserThatTheBrokerDoesNotKnowIsTold) {
  expect_told(broker().secured(), sasl("wrong"),
              "the broker does not know this user with this password");
  auto scram = sasl(KafkaBroker::kPassword);
  scram["sasl.mechanism"] = "SCRAM-SHA-256";
  expect_told(broker().secured(), scram, "SASL SCRAM-SHA-256 mechanism handshake failed");
}

TEST_F(SinkConnectionTest, AnAddressWhereNobodyIsIsTold) {
  expect_told("nowhere.invalid:9092", {}, "this name is not known here");
  SinkRunner runner(settings("127.0.0.1:1", {}));
  EXPECT_TRUE(
      test::eventually([&] { return runner.lines_with("127.0.0.1:1: nobody listens there") > 0; }));
}

// To tell why a certificate is refused must not make that it is taken.
TEST_F(SinkConnectionTest, AGoodCertificateIsTakenAndABadOneNever) {
  SinkRunner good(settings(broker().encrypted(), tls(broker().ca_file())));
  EXPECT_TRUE(good.wait_available());
  SinkRunner bad(settings(other_name(), tls(broker().ca_file())));
  EXPECT_TRUE(test::eventually([&] { return bad.lines_with("not for this name") > 0; }));
  EXPECT_FALSE(bad.sink().available());
}

}  // namespace
}  // namespace penstock::gateway
