// Goal: a plan names what differs, what is dangerous and what Kafka cannot do, and nothing else.
// Method: files as text and clusters as structs; no Kafka.
#include "topic_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Settings = std::map<std::string, ActualTopic::Setting>;

// A cluster of three brokers.
ActualCluster cluster_with(std::vector<ActualTopic> topics, std::vector<std::string> others = {}) {
  return {3, std::move(topics), std::move(others)};
}

Plan plan_of(const std::string& yaml, const ActualCluster& cluster,
             const std::string& prefix = "") {
  auto file = parse_topic_file(yaml, "t.yaml");
  EXPECT_THAT(file.errors, IsEmpty());
  file.notes.clear();
  return make_plan(file, cluster, prefix);
}

// The plan for user-activity with this in the file, where the cluster has `actual`.
Plan plan_for(const std::string& wanted, const ActualTopic& actual) {
  return plan_of("topics: {user-activity: {" + wanted + "}}", cluster_with({actual}));
}

ActualTopic actual(int partitions, int replication, Settings settings = {}) {
  return {"user-activity", partitions, replication, std::move(settings)};
}

TEST(TopicPlanTest, ATopicThatIsMissingIsCreated) {
  const auto plan =
      plan_of("topics: {user-activity: {partitions: 6, replication: 3, config: {retention: 14d}}}",
              cluster_with({}), "staging.");
  EXPECT_TRUE(plan.to_do());
  EXPECT_THAT(to_text(plan),
              StartsWith("+ create   staging.user-activity  partitions 6, replication "
                         "3, retention 14d\n"));
}

TEST(TopicPlanTest, WhatTheFileDoesNotSayIsKafkasToChoose) {
  const auto plan = plan_of("topics: {user-activity: {}}", cluster_with({}));
  ASSERT_THAT(plan.steps, SizeIs(1));
  EXPECT_EQ(plan.steps[0].partitions, 0);
  EXPECT_EQ(plan.steps[0].replication, 0);
}

TEST(TopicPlanTest, OnlyWhatTheFileSaysIsCompared) {
  const auto plan =
      plan_for("config: {retention: 7d}", actual(4, 1,
                                                 {{"retention.ms", {"604800000", false}},
                                                  {"max.message.bytes", {"2097152", true}},
                                                  {"segment.ms", {"1000", false}}}));
  EXPECT_FALSE(plan.to_do());
  EXPECT_EQ(to_text(plan),
            "= same     user-activity\n"
            "      also set, and left alone: max.message.bytes 2MiB\n"
            "\n0 to create, 0 to change, 0 to grow, 0 refused, 1 the same\n");
}

struct ChangeCase {
  const char *what, *setting, *wanted, *now;
  const char *row, *danger, *warning;
};

class TopicChangeTest : public ::testing::TestWithParam<ChangeCase> {};

TEST_P(TopicChangeTest, IsShownWithItsDanger) {
  const auto& change = GetParam();
  const auto plan =
      plan_for("config: {" + std::string(change.setting) + ": \"" + change.wanted + "\"}",
               actual(6, 3, {{change.setting, {change.now, true}}}));
  ASSERT_THAT(plan.steps, SizeIs(1));
  ASSERT_THAT(plan.steps[0].settings, SizeIs(1));
  EXPECT_EQ(plan.steps[0].settings[0].danger, change.danger);
  EXPECT_THAT(plan.steps[0].settings[0].warning, HasSubstr(change.warning));
  EXPECT_THAT(to_text(plan),
              StartsWith("~ change   user-activity  " + std::string(change.row) + "\n"));
  const bool harmless = *change.danger == '\0';
  const std::string cure = "--allow " + std::string(change.danger);
  EXPECT_EQ(to_text(plan).find(cure) == std::string::npos, harmless);

  std::vector<std::string> held_back;
  EXPECT_THAT(allowed_steps(plan, {}, held_back), SizeIs(harmless ? 1 : 0));
  EXPECT_THAT(held_back, SizeIs(harmless ? 0 : 1));
  EXPECT_THAT(allowed_steps(plan, {change.danger}, held_back), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    All, TopicChangeTest,
    ::testing::Values(
        ChangeCase{"LongerRetention", "retention.ms", "30d", "604800000", "retention 7d -> 30d", "",
                   ""},
        ChangeCase{"EndlessRetention", "retention.ms", "forever", "604800000",
                   "retention 7d -> forever", "", ""},
        ChangeCase{"ShorterRetention", "retention.ms", "7d", "2592000000", "retention 30d -> 7d",
                   "lower-retention", "deletes the records that are older than 7d"},
        ChangeCase{"EndOfEndlessRetention", "retention.ms", "7d", "-1", "retention forever -> 7d",
                   "lower-retention", "deletes"},
        ChangeCase{"FewerBytes", "retention.bytes", "1GiB", "-1", "retention.bytes -1 -> 1GiB",
                   "lower-retention", "oldest records of each partition beyond 1GiB"},
        ChangeCase{"Compaction", "cleanup.policy", "compact", "delete", "cleanup delete -> compact",
                   "change-cleanup", "all but the newest record of each key"},
        ChangeCase{"CompactionToo", "cleanup.policy", "compact,delete", "delete",
                   "cleanup delete -> compact,delete", "change-cleanup", "newest record"},
        ChangeCase{"Deletion", "cleanup.policy", "delete", "compact", "cleanup compact -> delete",
                   "change-cleanup", "older than the topic's retention"},
        ChangeCase{"NoDeletionAnyMore", "cleanup.policy", "compact", "delete,compact",
                   "cleanup delete,compact -> compact", "", ""},
        ChangeCase{"FewerInsync", "min.insync.replicas", "1", "2", "min.insync.replicas 2 -> 1",
                   "lower-min-insync", "lost with that broker"},
        ChangeCase{"MoreInsync", "min.insync.replicas", "2", "1", "min.insync.replicas 1 -> 2", "",
                   ""},
        ChangeCase{"StillTwoInsync", "min.insync.replicas", "2", "3", "min.insync.replicas 3 -> 2",
                   "", ""},
        ChangeCase{"Harmless", "segment.bytes", "64MiB", "1073741824",
                   "segment.bytes 1GiB -> 64MiB", "", ""}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(TopicPlanTest, GrowingIsDangerous) {
  const auto plan = plan_for("partitions: 12", actual(6, 3));
  EXPECT_THAT(to_text(plan),
              AllOf(StartsWith("~ grow     user-activity  partitions 6 -> 12\n"),
                    HasSubstr("the order of one user's events breaks"), HasSubstr("--grow")));
  std::vector<std::string> held_back;
  EXPECT_THAT(allowed_steps(plan, {}, held_back), IsEmpty());
  EXPECT_THAT(held_back, ElementsAre("grow user-activity: partitions 6 -> 12 (give --grow)"));
  EXPECT_THAT(allowed_steps(plan, {"grow"}, held_back), SizeIs(1));
}

TEST(TopicPlanTest, WhatKafkaCannotDoIsRefusedWithTheCure) {
  struct Case {
    const char* wanted;
    ActualTopic actual;
    const char* row;
  };
  for (const auto& [wanted, topic, row] : {
           Case{"partitions: 6", actual(12, 3),
                "partitions 12 -> 6: Kafka cannot shrink a topic; write 12"},
           Case{"replication: 2", actual(6, 3),
                "replication 3 -> 2: change with kafka-reassign-partitions"},
           Case{"config: {min.insync.replicas: 2}",
                actual(6, 1, {{"min.insync.replicas", {"1", false}}}),
                "min.insync.replicas 2: the topic's replication is 1"},
           Case{"config: {min.insync.replicas: 2}",
                actual(6, 1, {{"min.insync.replicas", {"2", true}}}),
                "min.insync.replicas 2: the topic's replication is 1"},
           Case{"config: {vendor.tier.enable: true}", actual(6, 3),
                "this Kafka has no setting vendor.tier.enable"},
       }) {
    SCOPED_TRACE(wanted);
    const auto plan = plan_for(wanted, topic);
    EXPECT_THAT(to_text(plan), StartsWith("! refused  user-activity  " + std::string(row)));
    EXPECT_FALSE(plan.to_do());
    EXPECT_EQ(plan.count(Step::Kind::kRefused), 1u);
    std::vector<std::string> held_back;
    EXPECT_THAT(allowed_steps(plan, {"grow", "lower-retention"}, held_back), IsEmpty());
  }
}

TEST(TopicPlanTest, MoreCopiesThanBrokersAreRefused) {
  const auto plan = plan_of("topics: {user-activity: {replication: 4}}", cluster_with({}));
  EXPECT_THAT(to_text(plan), StartsWith("! refused  user-activity  replication 4: the cluster has "
                                        "only 3 brokers\n"));
}

TEST(TopicPlanTest, InsyncReplicasOfANewTopicWantItsReplication) {
  const auto plan =
      plan_of("topics: {user-activity: {config: {min.insync.replicas: 2}}}", cluster_with({}));
  EXPECT_THAT(to_text(plan), StartsWith("! refused  user-activity  min.insync.replicas 2: name the "
                                        "replication too"));
}

TEST(TopicPlanTest, ARefusalStopsNothingElseOfItsTopic) {
  const auto plan = plan_for("partitions: 6, config: {retention: 14d}",
                             actual(12, 3, {{"retention.ms", {"604800000", true}}}));
  EXPECT_THAT(plan.steps, SizeIs(2));
  EXPECT_TRUE(plan.to_do());
}

TEST(TopicPlanTest, ADangerHoldsBackItselfAlone) {
  const auto plan = plan_for(
      "config: {retention: 1d, segment.ms: 1h}",
      actual(6, 3, {{"retention.ms", {"604800000", true}}, {"segment.ms", {"604800000", false}}}));
  std::vector<std::string> held_back;
  const auto steps = allowed_steps(plan, {}, held_back);
  ASSERT_THAT(steps, SizeIs(1));
  EXPECT_EQ(to_line(steps[0]), "change user-activity: segment.ms 7d -> 1h");
  EXPECT_THAT(held_back, ElementsAre("change user-activity: retention 7d -> 1d (give --allow "
                                     "lower-retention)"));
}

TEST(TopicPlanTest, OtherTopicsThatLookLikeOursAreShown) {
  const std::string yaml = "topics: {user-activity: {}}";
  const std::vector<std::string> others = {"__consumer_offsets", "orders", "staging.orders",
                                           "user-clicks", "dead-letter"};
  EXPECT_THAT(to_text(plan_of(yaml, cluster_with({}, others))),
              AllOf(HasSubstr("? not in the file  user-clicks\n"),
                    HasSubstr("? not in the file  dead-letter\n"), Not(HasSubstr("orders")),
                    Not(HasSubstr("__consumer"))));
  EXPECT_THAT(
      to_text(plan_of(yaml, cluster_with({}, others), "staging.")),
      AllOf(HasSubstr("? not in the file  staging.orders\n"), Not(HasSubstr("user-clicks"))));
}

TEST(TopicPlanTest, ANameWithThePrefixIsRefused) {
  EXPECT_THAT(to_text(plan_of("topics: {staging.user-activity: {}}", cluster_with({}), "staging.")),
              HasSubstr("names stand without the prefix staging.: write user-activity"));
}

TEST(TopicPlanTest, WhatKafkaSaysSteersNoTerminal) {
  const auto plan = plan_for("", actual(6, 3, {{"vendor.label", {"\x1b[2J", true}}}));
  EXPECT_THAT(to_text(plan), Not(HasSubstr("\x1b")));
}

TEST(TopicPlanTest, ProgramsGetAllOfIt) {
  const auto plan = plan_for(
      "partitions: 12, replication: 2, config: {retention: 1d}",
      actual(6, 3, {{"retention.ms", {"604800000", true}}, {"segment.ms", {"\xff", true}}}));
  const auto json = nlohmann::json::parse(to_json(plan));
  EXPECT_EQ(json["to_do"], true);
  EXPECT_EQ(json["refused"], 1);
  ASSERT_EQ(json["steps"].size(), 3u);
  EXPECT_EQ(json["steps"][0]["step"], "grow");
  EXPECT_EQ(json["steps"][0]["partitions"]["to"], 12);
  EXPECT_EQ(json["steps"][1]["step"], "refused");
  EXPECT_EQ(json["steps"][2]["settings"][0]["name"], "retention.ms");
  EXPECT_EQ(json["steps"][2]["settings"][0]["from"], "604800000");
  EXPECT_EQ(json["steps"][2]["settings"][0]["to"], "86400000");
  EXPECT_EQ(json["steps"][2]["settings"][0]["danger"], "lower-retention");
}

std::vector<Step> three_steps() {
  return {{.kind = Step::Kind::kCreate, .topic = "a"},
          {.kind = Step::Kind::kCreate, .topic = "b"},
          {.kind = Step::Kind::kCreate, .topic = "c"}};
}

TEST(TopicPlanTest, WhereverKafkaGoesAwayTheReportSaysWhatIsDone) {
  for (std::size_t n = 0; n < 3; ++n) {
    SCOPED_TRACE(n);
    std::size_t calls = 0;
    const auto report = apply_steps(three_steps(), [&](const Step&) -> Outcome {
      return calls++ == n ? Outcome{Outcome::Kind::kKafkaAway, "gone"} : Outcome{};
    });
    EXPECT_THAT(report.done, SizeIs(n));
    EXPECT_THAT(report.failed, ElementsAre(EndsWith(": gone")));
    EXPECT_THAT(report.not_done, SizeIs(2 - n));
  }
}

TEST(TopicPlanTest, AStepThatFailsStopsNoOtherOne) {
  const auto report = apply_steps(three_steps(), [](const Step& step) -> Outcome {
    return step.topic == "a" ? Outcome{Outcome::Kind::kFailed, "no right"} : Outcome{};
  });
  EXPECT_THAT(report.done, ElementsAre("create b", "create c"));
  EXPECT_THAT(report.failed, ElementsAre("create a: no right"));
  EXPECT_THAT(report.not_done, IsEmpty());
}

}  // namespace
}  // namespace penstock::ctl
