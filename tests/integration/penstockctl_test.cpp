// Goal: penstockctl helps also who uses it wrongly, and says what becomes of its Kafka.
// Method: the real program, a real gateway with its embedded Kafka, and a broker that goes and
// comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "integration/penstockctl_fixture.hpp"
#include "support/free_port.hpp"
#include "unit/gateway/sink/mock_kafka.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(PenstockctlTest, AWrongUseIsNamedAndEndsWith2) {
  EXPECT_EQ(run({"tial"}), 2);
  EXPECT_THAT(output(), HasSubstr("unknown command tial; did you mean tail?"));
  EXPECT_EQ(run({"nonsense"}), 2);
  EXPECT_THAT(output(), HasSubstr("there is: tail"));
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(run({"tail", "--cuont", "1"}), 2);
  EXPECT_THAT(output(), HasSubstr("--cuont"));
  EXPECT_EQ(run({"tail", "-X", "nonsense"}), 2);
  EXPECT_EQ(run({"mask", "--also", "nonsense"}), 2);
  EXPECT_THAT(output(), HasSubstr("unknown kind nonsense; there is: emails"));
  EXPECT_EQ(run({"mask", "--file", directory_ / "missing"}), 2);
  EXPECT_EQ(run({"mask", "--rule", "details.a remove"}), 2);
  EXPECT_THAT(output(), HasSubstr("--rule: needs --json"));
  EXPECT_EQ(run({"mask", "--json", "--rule", "details.a shred"}), 2);
  EXPECT_THAT(output(), HasSubstr("--rule: path rule 1 (details.a shred)"));
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_EQ(run({"--version"}), 0);
}

TEST_F(PenstockctlTest, MaskShowsWhatAFileBecomesAndEndsWith1WhereItIsNoJson) {
  const auto file = directory_ / "lines";
  std::ofstream(file) << "{\"password\":\"x\"}\nno JSON\n";
  EXPECT_EQ(run({"mask", "--file", file}), 0);
  EXPECT_THAT(output(), HasSubstr("no JSON\n"));
  EXPECT_EQ(run({"mask", "--json", "--file", file}), 1);
  EXPECT_THAT(output(), AllOf(HasSubstr("{\"password\":\"[removed]\"}\n"),
                              HasSubstr("penstockctl: line 2 is not JSON")));
  EXPECT_EQ(run({"mask", "--json", "--rule", "**.password hash", "--rule", "**.\"a.b\" remove",
                 "--file", file}),
            1);
  EXPECT_THAT(output(), AllOf(HasSubstr("{\"password\":\"h:"), HasSubstr("a random salt")));
}

TEST_F(PenstockctlTest, WhatCannotBeReachedEndsWith1AndACure) {
  const auto nobody = "127.0.0.1:" + std::to_string(free_port());
  EXPECT_EQ(run({"tail", "--admin", "http://" + nobody}), 1);
  EXPECT_THAT(output(), AllOf(HasSubstr("no gateway listens at http://" + nobody),
                              HasSubstr("--brokers"), Not(HasSubstr("(Connection)"))));
  EXPECT_EQ(run({"tail", "--brokers", nobody}), 1);
  EXPECT_THAT(output(),
              AllOf(HasSubstr("no Kafka answers at " + nobody), HasSubstr("--kafka-config")));
}

TEST_F(PenstockctlTest, TailFindsTheTopicsOfItsGatewayAndSaysWhenItsKafkaGoes) {
  GatewayOptions options;
  options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = "staging.";
  start(options);
  post(batch_of({click(1), {{"eventType", "Nonsense"}}}).dump());
  const auto tail = begin({"tail", "--admin", gateway_->admin_url(), "--from-beginning"});
  EXPECT_TRUE(says("TIME "));
  EXPECT_TRUE(says("Click"));
  EXPECT_TRUE(says("REJECTED")) << output();
  EXPECT_THAT(output(), AllOf(HasSubstr("WHAT "), HasSubstr(" staging.user-activity["),
                              HasSubstr("unknown_event_type at /eventType: ")));
  gateway_->kill();
  EXPECT_TRUE(says("penstockctl: Kafka is away (")) << output();
}

TEST_F(PenstockctlTest, TailSaysWhenItsKafkaIsBack) {
  MockKafka kafka;
  const auto tail = begin({"tail", "--brokers", kafka.bootstrap()});
  EXPECT_TRUE(says("TIME "));
  kafka.down();
  EXPECT_TRUE(says("Kafka is away (")) << output();
  kafka.up();
  EXPECT_TRUE(says("Kafka is back")) << output();
}

class DeadLettersTest : public PenstockctlTest {
 protected:
  // Two that lack a field, and one of a type that nobody knows; an event that is accepted.
  void reject_some() {
    start();
    Json lacking = click(1, "anna@example.com");
    lacking.erase("activityType");
    post(batch_of({lacking, lacking, click(2), {{"eventType", "Nonsense"}}}).dump());
  }
  // What `dlq` with these arguments has written; it ends with `status`.
  std::string dlq(std::vector<std::string> arguments, int status = 0) {
    std::filesystem::remove(output_file());
    arguments.insert(arguments.begin(), "dlq");
    arguments.insert(arguments.end(), {"--admin", gateway_->admin_url()});
    EXPECT_EQ(run(arguments), status) << output();
    return output();
  }
};

TEST_F(DeadLettersTest, AreListedChosenCountedAndShown) {
  reject_some();
  EXPECT_THAT(dlq({"list"}),
              AllOf(HasSubstr("missing_field at /activityType"), HasSubstr("unknown_event_type"),
                    HasSubstr("\n3 dead letters\n")));
  EXPECT_THAT(dlq({"list", "--code", "unknown_event_type"}),
              AllOf(Not(HasSubstr("missing_field")), HasSubstr("\n1 dead letters\n")));
  EXPECT_THAT(dlq({"list", "--since", "1h"}), HasSubstr("3 dead letters"));
  EXPECT_THAT(dlq({"list", "--until", "1h"}), HasSubstr("0 dead letters"));

  const Json counted = Json::parse(dlq({"stats", "--json"}));
  EXPECT_EQ(counted["letters"], 3);
  EXPECT_EQ(counted["by"]["code"][0]["value"], "missing_field");
  EXPECT_EQ(counted["by"]["code"][0]["letters"], 2);
  EXPECT_EQ(counted["by"]["user"][0]["value"], "[email]");
  EXPECT_THAT(dlq({"stats"}), AllOf(HasSubstr("  CODE "), HasSubstr("OVER TIME"), HasSubstr("█")));

  const Json first =
      Json::parse(dlq({"list", "--json", "--count", "1", "--code", "missing_field"}));
  const std::string place = std::to_string(first["partition"].get<int>()) + "@" +
                            std::to_string(first["offset"].get<int>());
  EXPECT_THAT(
      dlq({"show", place}),
      AllOf(HasSubstr("missing_field at /activityType: "), HasSubstr("\"userId\": \"[email]\""),
            HasSubstr("originalTopic   " + prefix() + "user-activity"), Not(HasSubstr("anna@"))));
}

TEST_F(DeadLettersTest, WhatIsNotThereOrWronglyAskedForIsSaid) {
  reject_some();
  EXPECT_THAT(dlq({"show", "[0]@4711"}, 1), HasSubstr("no dead letter at [0]@4711"));
  EXPECT_THAT(dlq({"show", "nonsense"}, 2), HasSubstr("[partition]@offset"));
  EXPECT_THAT(dlq({"stats", "--since", "yesterday"}, 2), HasSubstr("\"yesterday\" is no time"));
  EXPECT_THAT(dlq({"list", "--topic-prefix", "nobodys."}, 1), HasSubstr("nobodys.dead-letter"));
  EXPECT_THAT(dlq({"list", "--kafka-config", "/nowhere/kafka.properties"}, 1),
              HasSubstr("/nowhere/kafka.properties"));
}

TEST_F(PenstockctlTest, TopicsUnderAPrefixThatWasNotGivenAreAHint) {
  const MockKafka kafka({"staging.user-activity"});
  EXPECT_EQ(run({"tail", "--brokers", kafka.bootstrap()}), 1);
  EXPECT_THAT(output(), HasSubstr("it has staging.user-activity: give --topic-prefix staging."));
}

}  // namespace
}  // namespace penstock::test
