// Goal: what is erased is gone where Kafka can erase, and told where it cannot; nothing of others is
// touched. Method: the real program on a real broker, topics of each kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/child_process.hpp"
#include "support/free_port.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"
#include "transaction.hpp"
#include "wire/uuid.hpp"

namespace penstock::test {
namespace {

using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kErasedInstall = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

class EraseTest : public ::testing::Test {
 protected:
  EraseTest() {
    KafkaAdmin admin(broker_.bootstrap());
    admin.create_topic(prefix_ + "user-activity", 4, {{"retention.ms", "604800000"}});
    admin.create_topic(prefix_ + "dead-letter", 4, {{"retention.ms", "-1"}});
    admin.create_topic(prefix_ + "aggregated-clicks", 4, {{"cleanup.policy", "compact"}});
    admin.create_topic(prefix_ + "erasure-requests", 1);
    ctl::TransactionalProducer producer(kafka_, prefix_ + "writer");
    producer.begin();
    for (const std::string user : {"u-1", "u-2", "u-1", "u-3"}) {
      const Json event = {{"userId", user},
                          {"installId", user == "u-3" ? kErasedInstall : "other"}};
      producer.send(prefix_ + "user-activity", RD_KAFKA_PARTITION_UA, user, event.dump(), {}, 0);
      producer.send(prefix_ + "aggregated-clicks", RD_KAFKA_PARTITION_UA, user, "{\"clicks\":3}",
                    {}, 0);
    }
    producer.send(prefix_ + "dead-letter", RD_KAFKA_PARTITION_UA, kErasedInstall, "{}",
                  {{"code", "missing_field"}}, 0);
    producer.send(prefix_ + "erasure-requests", 0, kErasedInstall,
                  Json{{"installId", kErasedInstall}}.dump(), {}, 0);
    producer.commit();
    ctl::TransactionalProducer::wait_until_visible(kafka_, prefix_ + "writer");
  }

  std::string erase(std::vector<std::string> arguments, int status = 0) const {
    const auto file = directory_ / "output";
    std::filesystem::remove(file);
    arguments.insert(arguments.begin(), {build_tree() / "tools/penstockctl/penstockctl", "erase"});
    arguments.insert(arguments.end(),
                     {"--brokers", broker_.bootstrap(), "--topic-prefix", prefix_});
    ChildProcess run(Command{.arguments = std::move(arguments), .environment = {}, .output = file});
    const auto ended = run.wait(std::chrono::minutes(2));
    std::ifstream output(file);
    std::string text{std::istreambuf_iterator<char>(output), {}};
    EXPECT_EQ(ended, status) << text;
    return text;
  }
  std::vector<KafkaRecord> topic(const std::string& name) const {
    return read_topic(broker_.bootstrap(), prefix_ + name);
  }
  std::vector<std::string> tombstones() const {
    std::vector<std::string> keys;
    for (const auto& record : topic("aggregated-clicks"))
      if (record.value.empty()) keys.push_back(record.key.value_or(""));
    return keys;
  }
  std::vector<std::string> with_aggregates(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--topic", prefix_ + "aggregated-clicks"});
    return arguments;
  }

  KafkaBroker& broker_ = KafkaBroker::shared();
  const std::string prefix_ = wire::random_uuid().text() + ".";
  const ctl::KafkaAccess kafka_{broker_.bootstrap(), prefix_, {}};
  TempDirectory directory_;
};

TEST_F(EraseTest, AUserIsShownFirstThenGetsTombstonesAndAnAuditAndAgainWithoutHarm) {
  const auto call = with_aggregates({"--user", "u-1"});
  EXPECT_THAT(erase(call), AllOf(HasSubstr("4 records"), HasSubstr("would get tombstones"),
                                 HasSubstr("until 20"), HasSubstr("Nothing has been done")));
  EXPECT_TRUE(tombstones().empty());

  auto apply = call;
  apply.emplace_back("--apply");
  EXPECT_THAT(erase(apply), HasSubstr("tombstones written"));
  EXPECT_THAT(tombstones(), ::testing::ElementsAre("u-1"));
  ASSERT_EQ(topic("erasure-audit").size(), 1U);
  const auto audit = topic("erasure-audit")[0];
  EXPECT_THAT(audit.value, Not(HasSubstr("u-1")));
  EXPECT_EQ(Json::parse(audit.value)["result"]["tombstones"], 1);

  erase(apply);
  EXPECT_THAT(tombstones(), ::testing::ElementsAre("u-1"));
  EXPECT_EQ(topic("erasure-audit").size(), 2U);
}

TEST_F(EraseTest, WhoHasAskedIsErasedEverywhereAndWhatStaysForEverIsSaid) {
  const Json found = Json::parse(erase({"--requests", "--json"}));
  EXPECT_EQ(found["records"], 2);  // an event and a dead letter
  EXPECT_EQ(found["somethingStays"], true);
  EXPECT_THAT(erase({"--install", kErasedInstall}),
              AllOf(HasSubstr("FOR EVER"), HasSubstr("give the topic one")));
}

TEST_F(EraseTest, NobodyAndNothingAndWrongUseAreSaid) {
  EXPECT_THAT(erase({"--user", "nobody"}), HasSubstr("nothing of them"));
  EXPECT_THAT(erase({}, 2), HasSubstr("--user"));
  EXPECT_THAT(erase({"--user", "u-1", "--topic", "nowhere"}, 1), HasSubstr("no topic nowhere"));
}

}  // namespace
}  // namespace penstock::test
