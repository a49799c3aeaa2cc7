// Goal: a file of topics means what a person reads in it, and each slip is named with its place.
// Method: texts, and the example that is installed.
#include "topic_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_directory.hpp"
#include "support/tree.hpp"
#include "topic_setting.hpp"

namespace penstock::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kWhole = R"(
defaults:
  partitions: 6
  replication: 3
  config:
    min.insync.replicas: 2
    retention: 14d
topics:
  user-activity: {}
  db-changes: { config: { retention: forever } }
  custom-events:
  dead-letter: { partitions: 1, replication: 2, config: { cleanup: "delete, compact" } }
)";

TopicFile parsed(const std::string& yaml) { return parse_topic_file(yaml, "t.yaml"); }

const WantedTopic& topic_of(const TopicFile& file, const std::string& name) {
  for (const auto& topic : file.topics)
    if (topic.name == name) return topic;
  throw std::runtime_error("no topic " + name);
}

TEST(TopicFileTest, ATopicSaysOnlyWhatDiffersFromTheDefaults) {
  const auto file = parsed(kWhole);
  ASSERT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
  ASSERT_THAT(file.topics, SizeIs(4));
  for (const auto* const name : {"user-activity", "custom-events"}) {
    EXPECT_EQ(topic_of(file, name).partitions, 6);
    EXPECT_EQ(topic_of(file, name).replication, 3);
    EXPECT_THAT(
        topic_of(file, name).config,
        UnorderedElementsAre(Pair("min.insync.replicas", "2"), Pair("retention.ms", "1209600000")));
  }
  EXPECT_THAT(topic_of(file, "db-changes").config, Contains(Pair("retention.ms", "-1")));
  EXPECT_EQ(topic_of(file, "dead-letter").partitions, 1);
  EXPECT_EQ(topic_of(file, "dead-letter").replication, 2);
  EXPECT_THAT(topic_of(file, "dead-letter").config,
              Contains(Pair("cleanup.policy", "compact,delete")));
}

TEST(TopicFileTest, TheInstalledExampleIsRight) {
  const auto file = load_topic_file(test::source_tree() / "tools/penstockctl/topics.example.yaml");
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
  EXPECT_THAT(file.topics, SizeIs(penstock_topics().size()));
}

TEST(TopicFileTest, ValuesAreWrittenForPeopleAndReadByKafka) {
  struct Case {
    const char *name, *text, *kafka, *shown;
  };
  for (const auto& [name, text, kafka, shown] : {
           Case{"retention.ms", "90s", "90000", "90s"},
           Case{"retention.ms", "30m", "1800000", "30m"},
           Case{"retention.ms", "2h", "7200000", "2h"},
           Case{"retention.ms", "48h", "172800000", "2d"},
           Case{"retention.ms", "7d", "604800000", "7d"},
           Case{"retention.ms", "forever", "-1", "forever"},
           Case{"retention.ms", "604800000", "604800000", "7d"},
           Case{"retention.ms", "90061", "90061", "90061ms"},
           Case{"segment.ms", "500ms", "500", "500ms"},
           Case{"flush.ms", "9223372036854775807", "9223372036854775807", "9223372036854775807"},
           Case{"segment.bytes", "64MiB", "67108864", "64MiB"},
           Case{"retention.bytes", "-1", "-1", "-1"},
           Case{"max.message.bytes", "1000012", "1000012", "1000012B"},
           Case{"cleanup.policy", "compact,delete", "compact,delete", "compact,delete"},
           Case{"unclean.leader.election.enable", "false", "false", "false"},
           Case{"compression.type", "zstd", "zstd", "zstd"},
       }) {
    SCOPED_TRACE(std::string(name) + ' ' + text);
    EXPECT_EQ(to_kafka_value(name, text).text, kafka);
    EXPECT_EQ(to_short_value(name, kafka), shown);
  }
}

TEST(TopicFileTest, WhatKafkaDoesNotTellApartIsTheSame) {
  EXPECT_TRUE(is_same_value("cleanup.policy", "delete,compact", "compact,delete"));
  EXPECT_TRUE(is_same_value("min.cleanable.dirty.ratio", "0.50", "0.5"));
  EXPECT_FALSE(is_same_value("min.cleanable.dirty.ratio", "0.4", "0.5"));
  EXPECT_FALSE(is_same_value("cleanup.policy", "delete", "compact"));
  EXPECT_FALSE(is_same_value("retention.ms", "1", "2"));
}

struct FaultCase {
  const char *what, *yaml, *error;
};

class TopicFileFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(TopicFileFaultTest, IsNamedWithItsPlace) {
  EXPECT_THAT(parsed(GetParam().yaml).errors, ElementsAre(HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    All, TopicFileFaultTest,
    ::testing::Values(
        FaultCase{"HalfWritten", "topics:\n  user-activity: {partitions: 6\n", "not YAML: "},
        FaultCase{"Text", "nonsense", "t.yaml:1:1: this file: expected settings"},
        FaultCase{"NoTopics", "defaults: {partitions: 6}\n", "topics: expected topics, as in"},
        FaultCase{"EmptyTopics", "topics: {}\n", "topics: expected topics, as in"},
        FaultCase{"ListOfTopics", "topics: [user-activity]\n", "t.yaml:1:9: topics: expected"},
        FaultCase{"TwoDocuments", "topics: {user-activity: {}}\n---\ntopics: {db-changes: {}}\n",
                  "t.yaml:2:1: this file: a second document"},
        FaultCase{"Section", "topics: {user-activity: {}}\ndefault: {}\n",
                  "t.yaml:2:1: default: unknown; did you mean defaults?"},
        FaultCase{"Setting", "topics:\n  user-activity:\n    partitons: 6\n",
                  "t.yaml:3:5: topics.user-activity.partitons: unknown; did you mean partitions?"},
        FaultCase{"FarSetting", "topics: {user-activity: {owner: me}}\n",
                  "owner: unknown; known here are partitions, replication, config"},
        FaultCase{"Config", "topics: {user-activity: {config: {retention.mss: 7d}}}\n",
                  "t.yaml:1:35: topics.user-activity.config.retention.mss: unknown; did you mean "
                  "retention.ms?"},
        FaultCase{"FarConfig", "topics: {user-activity: {config: {owner: me}}}\n",
                  "owner: unknown; expected a setting of Kafka's topics"},
        FaultCase{"Twice", "topics: {user-activity: {config: {retention: 7d, retention.ms: 1}}}\n",
                  "retention.ms: set twice; keep one"},
        FaultCase{"TopicTwice", "topics: {user-activity: {}, user-activity: {}}\n",
                  "topics.user-activity: set twice"},
        FaultCase{"Duration", "topics: {user-activity: {config: {retention: 2 weeks}}}\n",
                  "t.yaml:1:46: topics.user-activity.config.retention: expected a duration, for "
                  "example 90s, 30m, 2h or 7d, or forever, found \"2 weeks\""},
        FaultCase{"NegativeDuration", "topics: {user-activity: {config: {retention: -7d}}}\n",
                  "expected a duration"},
        FaultCase{"EndlessDuration",
                  "topics: {user-activity: {config: {retention: 99999999999999999d}}}\n",
                  "expected a duration"},
        FaultCase{"Size", "topics: {user-activity: {config: {segment.bytes: 64MB}}}\n",
                  "expected a size, for example 512, 64KiB, 8MiB or 1GiB, found \"64MB\""},
        FaultCase{"Cleanup", "topics: {user-activity: {config: {cleanup: remove}}}\n",
                  "expected delete, compact, or compact,delete, found \"remove\""},
        FaultCase{"Boolean", "topics: {user-activity: {config: {preallocate: maybe}}}\n",
                  "expected true or false"},
        FaultCase{"NoValue", "topics: {user-activity: {config: {retention: }}}\n", "found nothing"},
        FaultCase{"NoPartitions", "topics: {user-activity: {partitions: 0}}\n",
                  "t.yaml:1:38: topics.user-activity.partitions: expected a whole number from 1 to "
                  "100000, found \"0\""},
        FaultCase{"Insync",
                  "defaults: {replication: 2}\n"
                  "topics: {user-activity: {config: {min.insync.replicas: 3}}}\n",
                  "t.yaml:2:35: topics.user-activity.config.min.insync.replicas: expected at most "
                  "user-activity's replication, 2, found \"3\""},
        FaultCase{"InsyncOfTheDefaults",
                  "defaults: {config: {min.insync.replicas: 2}}\n"
                  "topics: {user-activity: {replication: 1}}\n",
                  "t.yaml:1:21: defaults.config.min.insync.replicas: expected at most"},
        FaultCase{"NearTopic", "topics:\n  user-activty: {}\n",
                  "t.yaml:2:3: topics.user-activty: not a topic of Penstock; did you mean "
                  "user-activity?"},
        FaultCase{"TopicName", "topics: {\"my topic\": {}}\n",
                  "expected a topic's name: up to 249 letters"}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(TopicFileTest, AllSlipsAreNamedAtOnce) {
  const auto file =
      parsed("defaults: {partitions: many}\ntopics:\n  user-activty: {}\n  db-changes: {x: 1}\n");
  EXPECT_THAT(file.errors, SizeIs(3));
}

TEST(TopicFileTest, ATopicOfSomebodyElseAndOneThatIsMissingAreNoted) {
  const auto file =
      parsed("topics: {user-activity: {}, db-changes: {}, dead-letter: {}, orders: {}}");
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.notes,
              UnorderedElementsAre("t.yaml:1:62: topics.orders: not a topic of Penstock",
                                   HasSubstr("t.yaml: custom-events is missing")));
}

TEST(TopicFileTest, ASettingOfAnotherKafkaIsTaken) {
  const auto file = parsed("topics: {user-activity: {config: {vendor.tier.enable: true}}}");
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(topic_of(file, "user-activity").config,
              ElementsAre(Pair("vendor.tier.enable", "true")));
}

TEST(TopicFileTest, AFileThatCannotBeReadIsNamedWithTheReason) {
  const test::TempDirectory directory;
  EXPECT_THAT(load_topic_file(directory / "none.yaml").errors,
              ElementsAre(HasSubstr("none.yaml: does not exist; check the path")));
  EXPECT_THAT(load_topic_file(directory.path()).errors, ElementsAre(HasSubstr("is a folder")));
  EXPECT_THAT(load_topic_file("/dev/null").errors, ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(load_topic_file("/dev/zero").errors, ElementsAre(HasSubstr("is larger than 1 MiB")));
}

}  // namespace
}  // namespace penstock::ctl
