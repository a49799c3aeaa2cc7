// Goal: what stands in a redrive's way is overcome, or is said with the place and the cure. Method:
// the real program on a real broker: topics that refuse records, users who lack rights, a Kafka
// that dies while a transaction is committed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka_access.hpp"
#include "kafka_handles.hpp"
#include "range_reader.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"
#include "transaction.hpp"
#include "wire/uuid.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Settings = std::map<std::string, std::string>;

class RedriveTroubleTest : public ::testing::Test {
 protected:
  explicit RedriveTroubleTest(KafkaBroker& broker = KafkaBroker::shared()) : broker_(broker) {}

  void create_topics(const Settings& of_events = {}) {
    KafkaAdmin admin(broker_.bootstrap());
    admin.create_topic(prefix_ + "user-activity", 1, of_events);
    admin.create_topic(prefix_ + "db-changes", 1);
    admin.create_topic(prefix_ + "dead-letter", 1, {{"max.message.bytes", "2000000"}});
  }

  ctl::KafkaAccess access() const { return {broker_.bootstrap(), prefix_, {}}; }

  // Letters whose events are valid, with so many bytes of details each.
  void write_letters(std::size_t count, std::size_t bytes) {
    ctl::TransactionalProducer producer(access(), prefix_ + "writer");
    producer.begin();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string event =
          R"({"eventType":"UserActivity","activityType":"Click",)"
          R"("timestamp":"2025-11-28T11:59:58.000Z","userId":"u","details":{"text":")" +
          std::string(bytes, 'x') + R"("}})";
      producer.send(prefix_ + "dead-letter", 0, "install", event,
                    {{"code", "missing_field"},
                     {"eventId", wire::random_uuid().text()},
                     {"rejectedAt", "2025-11-28T12:00:00.000Z"}},
                    written_at_ms_);
    }
    producer.commit();
    ctl::TransactionalProducer::wait_until_visible(access(), prefix_ + "writer");
  }

  std::unique_ptr<ChildProcess> begin(const std::vector<std::string>& arguments,
                                      const std::string& brokers,
                                      const std::filesystem::path& output) const {
    std::vector<std::string> command = {build_tree() / "tools/penstockctl/penstockctl",
                                        "dlq",
                                        command_,
                                        "--brokers",
                                        brokers,
                                        "--topic-prefix",
                                        prefix_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return std::make_unique<ChildProcess>(
        Command{.arguments = std::move(command), .environment = {}, .output = output});
  }
  std::string redrive(const std::vector<std::string>& arguments, int status,
                      const std::string& brokers) const {
    std::filesystem::remove(output_file());
    EXPECT_EQ(begin(arguments, brokers, output_file())->wait(std::chrono::seconds(90)), status)
        << output();
    return output();
  }
  std::string redrive(const std::vector<std::string>& arguments, int status = 0) const {
    return redrive(arguments, status, broker_.bootstrap());
  }
  std::filesystem::path output_file() const { return directory_ / "output"; }
  std::string output() const {
    std::ifstream file(output_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<KafkaRecord> topic(const std::string& name) const {
    return read_topic(broker_.bootstrap(), prefix_ + name);
  }

  KafkaBroker& broker_;
  std::string command_ = "redrive";
  const std::string prefix_ = wire::random_uuid().text() + ".";
  TempDirectory directory_;
  const std::int64_t written_at_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count() -
                                      3'600'000;
};

TEST_F(RedriveTroubleTest, SmallRecordsReachATopicThatTakesNoBigBatch) {
  create_topics({{"max.message.bytes", "20000"}});
  write_letters(300, 1000);
  redrive({"--apply"});
  EXPECT_THAT(topic("user-activity"), SizeIs(300));
}

TEST_F(RedriveTroubleTest, ALetterThatItsTopicDoesNotTakeIsNamed) {
  create_topics({{"max.message.bytes", "20000"}});
  write_letters(3, 1000);
  write_letters(1, 50'000);
  EXPECT_THAT(redrive({"--apply"}, 1),
              AllOf(HasSubstr("dead-letter[0]@4: Kafka does not take a record of 5"),
                    HasSubstr("raise the topic's max.message.bytes")));
  EXPECT_THAT(topic("user-activity"), SizeIs(0));
}

TEST_F(RedriveTroubleTest, ATopicThatTakesNoTimeOfLongAgoIsSaidWithTheCure) {
  create_topics({{"message.timestamp.before.max.ms", "60000"}});
  write_letters(3, 10);
  EXPECT_THAT(redrive({"--apply"}, 1),
              AllOf(HasSubstr("dead-letter[0]@0: "), HasSubstr("--new-timestamps")));
  redrive({"--apply", "--new-timestamps"});
  EXPECT_THAT(topic("user-activity"), SizeIs(3));
}

TEST_F(RedriveTroubleTest, AReportThatCannotBeWrittenIsAFailure) {
  create_topics();
  const auto run = begin({}, broker_.bootstrap(), "/dev/full");
  EXPECT_EQ(run->wait(kPatience), 1);
}

TEST_F(RedriveTroubleTest, ASlowRunTellsItsProgressToo) {
  create_topics();
  write_letters(600, 10);
  const auto run = begin({"--apply", "--rate", "20"}, broker_.bootstrap(), output_file());
  ASSERT_TRUE(eventually([&] { return output().find(" a second") != std::string::npos; }));
  run->signal(SIGINT);
  EXPECT_EQ(run->wait(kPatience), 130);
  EXPECT_LT(topic("user-activity").size(), 600U);
}

class RedriveRightsTest : public RedriveTroubleTest {
 protected:
  RedriveRightsTest() : RedriveTroubleTest(broker()) {}
  static KafkaBroker& broker() {
    static KafkaBroker broker(KafkaBroker::Access::kByAcl);
    return broker;
  }
  std::string redrive_as_user(std::vector<std::string> arguments, int status = 0) const {
    for (const auto& property :
         {std::string("security.protocol=sasl_plaintext"), std::string("sasl.mechanism=PLAIN"),
          std::string("sasl.username=") + KafkaBroker::kUser,
          std::string("sasl.password=") + KafkaBroker::kPassword}) {
      arguments.emplace_back("-X");
      arguments.push_back(property);
    }
    return redrive(arguments, status, broker().secured());
  }
  void allow(rd_kafka_AclOperation_t operation, const std::string& name,
             rd_kafka_ResourceType_t type = RD_KAFKA_RESOURCE_TOPIC) {
    KafkaAdmin(broker_.bootstrap()).allow(KafkaBroker::kUser, operation, prefix_ + name, type);
  }
};

TEST_F(RedriveRightsTest, TheDocumentedRightsAreEnoughAndWhatIsMissingIsSaid) {
  create_topics();
  write_letters(3, 10);
  EXPECT_THAT(redrive_as_user({}, 1), HasSubstr("dead-letter, or hides it from this user"));
  allow(RD_KAFKA_ACL_OPERATION_READ, "dead-letter");
  EXPECT_THAT(redrive_as_user({}), HasSubstr("3 dead letters"));
  command_ = "stats";
  EXPECT_THAT(redrive_as_user({}), HasSubstr("3 dead letters"));
  command_ = "redrive";
  for (const char* name : {"dead-letter", "user-activity", "db-changes"})
    allow(RD_KAFKA_ACL_OPERATION_WRITE, name);
  EXPECT_THAT(redrive_as_user({"--apply"}, 1),
              HasSubstr("create it yourself with cleanup.policy=compact"));
  KafkaAdmin admin(broker_.bootstrap());
  admin.create_topic(prefix_ + "redrive-ledger", 1, {{"cleanup.policy", "compact"}});
  admin.create_topic(prefix_ + "dead-letter-quarantine", 1);
  for (const char* name : {"dead-letter-quarantine", "redrive-ledger"})
    allow(RD_KAFKA_ACL_OPERATION_WRITE, name);
  EXPECT_THAT(redrive_as_user({"--apply"}, 1), HasSubstr("transactional id"));
  for (const auto operation : {RD_KAFKA_ACL_OPERATION_WRITE, RD_KAFKA_ACL_OPERATION_DESCRIBE})
    allow(operation, "penstockctl-redrive", RD_KAFKA_RESOURCE_TRANSACTIONAL_ID);
  redrive_as_user({"--apply"});  // there is nothing to read in the ledger yet
  EXPECT_THAT(redrive_as_user({"--apply"}, 1),
              AllOf(HasSubstr("cannot read"), HasSubstr("redrive-ledger")));
  allow(RD_KAFKA_ACL_OPERATION_READ, "redrive-ledger");
  EXPECT_THAT(redrive_as_user({"--apply"}), HasSubstr("no dead letters to redrive"));
  EXPECT_THAT(topic("user-activity"), SizeIs(3));
}

TEST(KafkaThatDiesTest, ItIsAwayForWhoAsksForOffsetsAndForWhoCommitsNotWaitedForWithoutEnd) {
  KafkaBroker broker;
  broker.create_topic("events", 1);
  const ctl::KafkaAccess access{broker.bootstrap(), "", {}};
  ctl::RangeReader reader(access);
  ctl::TransactionalProducer producer(access, "commits");
  producer.begin();
  producer.send("events", 0, "key", "value", {}, 0);
  auto conf = ctl::conf_for(access);
  ctl::set_property(conf.get(), "isolation.level", "read_uncommitted");
  const auto looking = ctl::new_client(RD_KAFKA_CONSUMER, std::move(conf));
  // It lies there, and after some more questions the producer has heard so.
  int seen = 0;
  ASSERT_TRUE(eventually([&] {
    std::int64_t begin = 0, end = 0;
    constexpr int kTimeoutMs = 5000, kQuestions = 50;
    rd_kafka_query_watermark_offsets(looking.get(), "events", 0, &begin, &end, kTimeoutMs);
    return end == 1 && ++seen == kQuestions;
  }));
  broker.kill();
  EXPECT_THROW(producer.commit(), ctl::KafkaAway);
  EXPECT_THROW(reader.whole("events"), ctl::KafkaAway);
}

}  // namespace
}  // namespace penstock::test
