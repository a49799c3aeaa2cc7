// Goal: penstockctl makes of a file the topics of a real cluster, asks before what is dangerous,
// never does what loses records unasked, and says what it has done when Kafka goes away.
// Method: the real program and real brokers; what the cluster has is asked by another client.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "integration/penstockctl_fixture.hpp"
#include "support/free_port.hpp"
#include "support/kafka_admin.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The two ends of a terminal.
class Terminal {
 public:
  Terminal() : person_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (person_ < 0 || grantpt(person_) != 0 || unlockpt(person_) != 0)
      throw std::runtime_error("no terminal");
    program_ = open(ptsname(person_), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  ~Terminal() {
    close(program_);
    close(person_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int program() const { return program_; }
  void type(const std::string& line) const {
    const std::string text = line + '\n';
    ASSERT_EQ(write(person_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int person_;
  int program_ = -1;
};

constexpr const char* kAllTopics =
    "topics: {user-activity: {}, db-changes: {}, custom-events: {}, dead-letter: {}}\n";

class TopicsTest : public PenstockctlTest {
 protected:
  void write_file(const std::string& yaml) const { std::ofstream(file()) << yaml; }
  std::string file() const { return directory_ / "topics.yaml"; }
  std::string name(const std::string& topic) const { return prefix() + topic; }

  std::vector<std::string> command(const std::string& verb,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"topics",         verb,    file(), "--brokers", brokers_,
                                    "--topic-prefix", prefix()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // What it has written; it ends with `status`.
  std::string topics(const std::string& verb, int status,
                     const std::vector<std::string>& more = {}) {
    std::filesystem::remove(output_file());
    EXPECT_EQ(run(command(verb, more)), status) << output();
    return output();
  }
  std::string plan(int status, const std::vector<std::string>& more = {}) {
    return topics("plan", status, more);
  }
  std::string apply(int status, std::vector<std::string> more = {}) {
    more.emplace_back("--yes");
    return topics("apply", status, more);
  }
  void write_one(const std::string& settings) const {
    write_file("topics: {user-activity: {" + settings + "}}\n");
  }

  std::string brokers_ = KafkaBroker::shared().bootstrap();
};

TEST_F(TopicsTest, AFileBecomesTopicsAndThenThereIsNothingToDo) {
  write_file(std::string("defaults: {partitions: 3, replication: 1, config: {retention: 14d}}\n") +
             kAllTopics);
  EXPECT_THAT(plan(3), AllOf(HasSubstr("+ create   " + name("user-activity")),
                             HasSubstr("partitions 3, replication 1, retention 14d"),
                             HasSubstr("4 to create")));
  KafkaAdmin admin(brokers_);
  EXPECT_EQ(admin.partitions(name("user-activity")), 0);  // a plan changes nothing

  EXPECT_THAT(apply(0), AllOf(HasSubstr("done: create " + name("dead-letter")),
                              HasSubstr("the cluster is as in the file")));
  EXPECT_EQ(admin.partitions(name("user-activity")), 3);
  EXPECT_THAT(plan(0), HasSubstr("= same     " + name("user-activity")));
  EXPECT_THAT(apply(0), AllOf(HasSubstr("nothing to do"), Not(HasSubstr("done:"))));
}

TEST_F(TopicsTest, WithoutATerminalAndWithoutYesNothingIsChanged) {
  write_one("partitions: 1");
  const int nothing = open("/dev/null", O_RDONLY);
  EXPECT_EQ(begin(command("apply"), nothing)->wait(std::chrono::seconds(60)), 2);
  close(nothing);
  EXPECT_THAT(output(), AllOf(HasSubstr("1 to create"), HasSubstr("give --yes")));
  EXPECT_EQ(KafkaAdmin(brokers_).partitions(name("user-activity")), 0);
}

TEST_F(TopicsTest, APersonIsAskedAndMaySayNo) {
  write_one("partitions: 1");
  const auto answered = [&](const std::string& answer) {
    std::filesystem::remove(output_file());
    const Terminal terminal;
    const auto process = begin(command("apply"), terminal.program());
    EXPECT_TRUE(says("Do 1 step? [y/N]")) << output();
    terminal.type(answer);
    return process->wait(std::chrono::seconds(60));
  };
  EXPECT_EQ(answered(""), 3);
  EXPECT_THAT(output(), HasSubstr("nothing is changed"));
  EXPECT_EQ(KafkaAdmin(brokers_).partitions(name("user-activity")), 0);
  EXPECT_EQ(answered("y"), 0);
  EXPECT_EQ(KafkaAdmin(brokers_).partitions(name("user-activity")), 1);
}

TEST_F(TopicsTest, TopicsGrowOnlyOnDemandAndNeverShrink) {
  write_one("partitions: 2");
  apply(0);
  write_one("partitions: 4");
  EXPECT_THAT(plan(3), AllOf(HasSubstr("partitions 2 -> 4"), HasSubstr("co-partitioning")));
  EXPECT_THAT(apply(3), HasSubstr("(give --grow)"));
  KafkaAdmin admin(brokers_);
  EXPECT_EQ(admin.partitions(name("user-activity")), 2);
  apply(0, {"--grow"});
  EXPECT_EQ(admin.partitions(name("user-activity")), 4);

  write_one("partitions: 2");
  EXPECT_THAT(plan(1), HasSubstr("partitions 4 -> 2: Kafka cannot shrink a topic"));
  apply(1, {"--grow"});
  EXPECT_EQ(admin.partitions(name("user-activity")), 4);
}

TEST_F(TopicsTest, RetentionGrowsAtOnceAndShrinksOnlyWhenThatIsAllowed) {
  write_one("config: {retention: 7d}");
  apply(0);
  write_one("config: {retention: 30d, segment.ms: 1h}");
  EXPECT_THAT(apply(0), HasSubstr("retention 7d -> 30d"));
  write_one("config: {retention: 1d, segment.ms: 2h}");
  EXPECT_THAT(apply(3),
              AllOf(HasSubstr("(give --allow lower-retention)"),
                    HasSubstr("done: change " + name("user-activity") + ": segment.ms 1h -> 2h")));
  EXPECT_THAT(plan(3), AllOf(HasSubstr("retention 30d -> 1d"), Not(HasSubstr("segment.ms"))));
  EXPECT_THAT(apply(0, {"--allow", "lower-retention"}), HasSubstr("retention 30d -> 1d"));
  plan(0);
  write_one("config: {retention: 1h}");
  EXPECT_EQ(run({"topics", "apply", "--yes", "--topic-prefix", prefix(), "--brokers", brokers_,
                 "--allow", "lower-retention", file()}),
            0)
      << output();
  EXPECT_THAT(apply(2, {"--allow", "everything"}), HasSubstr("--allow"));
}

TEST_F(TopicsTest, WhatTheTopicHasBeyondTheFileStays) {
  KafkaAdmin admin(brokers_);
  admin.create_topic(name("user-activity"), 2, {{"max.message.bytes", "2097152"}});
  admin.create_topic(name("orders"), 1);
  write_one("config: {retention: 3d}");
  apply(0, {"--allow", "lower-retention"});
  EXPECT_THAT(plan(0), AllOf(HasSubstr("left alone: max.message.bytes 2MiB"),
                             HasSubstr("? not in the file  " + name("orders"))));
}

TEST_F(TopicsTest, MoreCopiesOrInsyncReplicasThanThereAreBrokersAreRefused) {
  write_one("replication: 2");
  EXPECT_THAT(plan(1), HasSubstr("the cluster has only 1 broker\n"));
  write_one("partitions: 1");
  apply(0);
  write_one("config: {min.insync.replicas: 2}");
  EXPECT_THAT(plan(1), HasSubstr("the topic's replication is 1"));
  write_one("replication: 2");
  EXPECT_THAT(apply(1), HasSubstr("change with kafka-reassign-partitions"));
}

TEST_F(TopicsTest, WhatKafkaRefusesIsSaidAndStopsNothingElse) {
  write_file(
      "topics:\n  user-activity: {config: {compression.type: nonsense}}\n"
      "  db-changes: {partitions: 1}\n");
  EXPECT_THAT(apply(1),
              AllOf(HasSubstr("failed: create " + name("user-activity")), HasSubstr("nonsense"),
                    HasSubstr("done: create " + name("db-changes")), HasSubstr("1 done, 1 not")));
}

TEST_F(TopicsTest, AFileThatIsWrongIsNamedBeforeKafkaIsAsked) {
  const auto nobody = "127.0.0.1:" + std::to_string(free_port());
  EXPECT_EQ(run({"topics", "plan", directory_ / "none.yaml", "--brokers", nobody}), 1);
  EXPECT_THAT(output(), HasSubstr("none.yaml: does not exist"));
  write_file("topics:\n  user-activity: {partitions: 6\n");
  EXPECT_EQ(run({"topics", "plan", file(), "--brokers", nobody}), 1);
  EXPECT_THAT(output(), AllOf(HasSubstr("topics.yaml:"), HasSubstr("not YAML"),
                              Not(HasSubstr("no Kafka answers"))));
  EXPECT_EQ(run({"topics", "plan"}), 2);
  write_file(kAllTopics);
  EXPECT_EQ(run({"topics", "plan", file(), "--brokers", nobody}), 1);
  EXPECT_THAT(output(), HasSubstr("no Kafka answers at " + nobody));
}

TEST_F(TopicsTest, ProgramsGetOneJsonObject) {
  write_one("partitions: 1");
  const Json planned = Json::parse(plan(3, {"--json"}));
  EXPECT_EQ(planned["steps"][0]["step"], "create");
  EXPECT_THAT(topics("apply", 2, {"--json"}), HasSubstr("give --yes"));
  const Json applied = Json::parse(apply(0, {"--json"}));
  EXPECT_EQ(applied["as_in_the_file"], true);
  EXPECT_EQ(applied["done"].size(), 1u);
  EXPECT_EQ(Json::parse(apply(0, {"--json"}))["done"].size(), 0u);
}

TEST_F(TopicsTest, TheGatewaysEmbeddedKafkaIsNamedAsTheReason) {
  GatewayOptions options;
  start(options);
  write_file(kAllTopics);
  EXPECT_EQ(run({"topics", "plan", file(), "--admin", gateway_->admin_url()}), 1);
  EXPECT_THAT(output(), HasSubstr("is it the gateway's embedded one?"));
}

TEST_F(TopicsTest, ABrokerThatDiesLeavesAReportAndTheNextRunFinishes) {
  KafkaBroker broker;
  brokers_ = broker.bootstrap();
  write_file("topics: {user-activity: {partitions: 1}, db-changes: {partitions: 1}}\n");
  const Terminal terminal;
  const auto process = begin(command("apply"), terminal.program());
  ASSERT_TRUE(says("[y/N]")) << output();
  broker.kill();
  terminal.type("y");
  EXPECT_EQ(process->wait(std::chrono::seconds(60)), 1);
  EXPECT_THAT(output(), AllOf(HasSubstr("failed: create " + name("user-activity")),
                              HasSubstr("does not answer any more"),
                              HasSubstr("not done: create " + name("db-changes")),
                              HasSubstr("0 done, 2 not")));
  broker.restart();
  apply(0);
  plan(0);
}

class TopicsPermissionTest : public TopicsTest {
 protected:
  TopicsPermissionTest() {
    static KafkaBroker broker(KafkaBroker::Access::kByAcl);
    brokers_ = broker.secured();
    admin_ = std::make_unique<KafkaAdmin>(broker.bootstrap());
    std::ofstream(directory_ / "kafka.properties")
        << "security.protocol=sasl_plaintext\nsasl.mechanism=PLAIN\n"
        << "sasl.username=" << KafkaBroker::kUser << "\nsasl.password=" << KafkaBroker::kPassword
        << '\n';
    access_ = {"--kafka-config", directory_ / "kafka.properties"};
  }
  void allow(rd_kafka_AclOperation_t operation) {
    admin_->allow(KafkaBroker::kUser, operation, name("user-activity"));
  }

  std::vector<std::string> access_;
  std::unique_ptr<KafkaAdmin> admin_;
};

TEST_F(TopicsPermissionTest, EachRightThatIsMissingIsNamed) {
  admin_->create_topic(name("user-activity"), 1, {{"retention.ms", "86400000"}});
  write_one("partitions: 2, config: {retention: 2d}");
  // Not taken for a topic that is missing.
  EXPECT_THAT(plan(1, access_), AllOf(HasSubstr("cannot look at " + name("user-activity")),
                                      HasSubstr("the right Describe on the topic")));
  allow(RD_KAFKA_ACL_OPERATION_DESCRIBE);
  EXPECT_TRUE(eventually([&] {
    return plan(1, access_).find("the right DescribeConfigs on the topic") != std::string::npos;
  })) << output();
  allow(RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS);
  EXPECT_TRUE(eventually([&] {
    std::filesystem::remove(output_file());
    return run(command("plan", access_)) == 3;
  })) << output();
  auto growing = access_;
  growing.emplace_back("--grow");
  EXPECT_THAT(apply(1, growing), AllOf(HasSubstr("the right AlterConfigs on the topic"),
                                       HasSubstr("the right Alter on the topic")));
  EXPECT_THAT(output(), Not(HasSubstr(KafkaBroker::kPassword)));
}

TEST_F(TopicsPermissionTest, WithoutTheRightToCreateNothingIsCreated) {
  allow(RD_KAFKA_ACL_OPERATION_DESCRIBE);
  write_one("partitions: 1");
  EXPECT_TRUE(eventually([&] {
    std::filesystem::remove(output_file());
    return run(command("plan", access_)) == 3;
  })) << output();
  EXPECT_THAT(apply(1, access_), HasSubstr("the right Create on the topic"));
  EXPECT_EQ(admin_->partitions(name("user-activity")), 0);
}

}  // namespace
}  // namespace penstock::test
