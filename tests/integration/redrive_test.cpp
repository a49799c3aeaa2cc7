// Goal: a redrive brings each letter to its topic once, whatever stops it, and says before what it
// will do. Method: the real program on a real broker, letters as the gateway writes them; kill -9 at
// moments that a seed chooses, then the same command again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "range_reader.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
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
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr const char* kClick = R"({"eventType":"UserActivity","activityType":"Click",)"
                               R"("timestamp":"2025-11-28T11:59:58.000Z","userId":"u-%"})";
constexpr const char* kMisnamed = R"({"eventType":"UserActivity","activitytype":"Click",)"
                                  R"("timestamp":"2025-11-28T11:59:58.000Z","userId":"u-%"})";
constexpr const char* kCut = R"("cut off at {")";

class RedriveTest : public ::testing::Test {
 protected:
  explicit RedriveTest(KafkaBroker& broker = KafkaBroker::shared()) : broker_(broker) {
    KafkaAdmin admin(broker_.bootstrap());
    for (const char* name : {"user-activity", "db-changes", "dead-letter"})
      admin.create_topic(prefix_ + name, 4);
  }

  // So many letters with this event; % in it becomes a number.
  void write_letters(std::size_t count, const std::string& event, const std::string& code) {
    const ctl::KafkaAccess kafka{broker_.bootstrap(), prefix_, {}};
    ctl::TransactionalProducer producer(kafka, prefix_ + "writer");
    producer.begin();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(written_++);
      std::string value = event;
      if (const auto at = value.find('%'); at != std::string::npos) value.replace(at, 1, number);
      producer.send(prefix_ + "dead-letter", RD_KAFKA_PARTITION_UA, "install-" + number, value,
                    {{"code", code},
                     {"pointer", "/activityType"},
                     {"message", "expected this field"},
                     {"eventId", id_of(number)},
                     {"correlationId", "flow-" + number},
                     {"rejectedAt", "2025-11-28T12:00:00.000Z"}},
                    written_at_ms_);
    }
    producer.commit();
    ctl::TransactionalProducer::wait_until_visible(kafka, prefix_ + "writer");
  }
  static std::string id_of(const std::string& number) {
    return wire::name_uuid(wire::Uuid{}, number).text();
  }

  std::unique_ptr<ChildProcess> begin(std::vector<std::string> arguments) const {
    std::vector<std::string> command = {build_tree() / "tools/penstockctl/penstockctl", "dlq",
                                        "redrive"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    for (const char* place : {"--brokers", "--topic-prefix"}) command.emplace_back(place);
    command.insert(command.end() - 1, broker_.bootstrap());
    command.push_back(prefix_);
    return std::make_unique<ChildProcess>(
        Command{.arguments = std::move(command), .environment = {}, .output = output_file()});
  }
  std::filesystem::path output_file() const { return directory_ / "output"; }
  std::string output() const {
    std::ifstream file(output_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string redrive(const std::vector<std::string>& arguments, int status = 0) const {
    std::filesystem::remove(output_file());
    EXPECT_EQ(begin(arguments)->wait(std::chrono::minutes(2)), status) << output();
    return output();
  }
  Json applied() const {
    const std::string text = redrive({"--apply", "--json"});
    return Json::parse(text.substr(std::min(text.find('{'), text.size())));  // behind the progress
  }
  std::vector<KafkaRecord> topic(const std::string& name) const {
    return read_topic(broker_.bootstrap(), prefix_ + name);
  }
  // Each event that was written is in user-activity, once.
  void expect_each_once() const {
    std::map<std::string, int> found;
    for (const auto& record : topic("user-activity")) ++found[*record.header("eventId")];
    EXPECT_EQ(found.size(), written_);
    for (std::size_t i = 0; i < written_; ++i)
      EXPECT_EQ(found[id_of(std::to_string(i))], 1) << "letter " << i;
  }
  std::string write_file(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }

  KafkaBroker& broker_;
  const std::string prefix_ =
      wire::random_uuid().text() + ".";  // also when a case is repeated on this broker
  TempDirectory directory_;
  std::size_t written_ = 0;
  // Not so long ago that Kafka's retention takes the letters while a case runs.
  const std::int64_t written_at_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count() -
                                      3'600'000;
};

TEST_F(RedriveTest, ShowsFirstThenBringsWhatIsValidAndPutsBackWhatIsNot) {
  write_letters(30, kClick, "missing_field");
  write_letters(20, kMisnamed, "missing_field");
  write_letters(10, kCut, "not_json");

  const std::string shown = redrive({});
  EXPECT_THAT(shown,
              AllOf(HasSubstr("60 dead letters"), HasSubstr("to " + prefix_ + "user-activity"),
                    HasSubstr("back to " + prefix_ + "dead-letter: missing_field"),
                    HasSubstr("left: "), HasSubstr("Nothing has been done")));
  EXPECT_EQ(topic("user-activity").size(), 0U);

  const Json done = applied();
  EXPECT_EQ(done["moved"], 50);
  const auto brought = topic("user-activity");
  ASSERT_EQ(brought.size(), 30U);
  const auto& record = brought.front();
  const Json event = Json::parse(record.value);
  EXPECT_EQ(record.key, event["userId"]);
  EXPECT_EQ(record.timestamp_ms, written_at_ms_);
  EXPECT_EQ(record.header("eventId"), event["eventId"]);
  EXPECT_EQ(event["receivedAt"], "2025-11-28T12:00:00.000Z");
  EXPECT_EQ(record.header("redriveAttempts"), "1");
  EXPECT_THAT(*record.header("redrivenFrom"), HasSubstr(prefix_ + "dead-letter["));
  const auto letters = topic("dead-letter");
  EXPECT_EQ(letters.size(), 80U);

  // The next runs see the 20 that were put back, and quarantine them in the end.
  EXPECT_EQ(applied()["moved"], 20);
  EXPECT_EQ(applied()["moved"], 20);
  EXPECT_EQ(topic("dead-letter-quarantine").size(), 20U);
  EXPECT_EQ(topic("dead-letter-quarantine")[0].header("redriveAttempts"), "3");
  const Json last = applied();
  EXPECT_EQ(last["moved"], 0);
  EXPECT_EQ(last["letters"], 10);  // those that are cut
  EXPECT_EQ(topic("user-activity").size(), 30U);
}

TEST_F(RedriveTest, AnEditIsShownBeforeAndAfterAndFiltersChooseForWhom) {
  write_letters(5, kMisnamed, "missing_field");
  write_letters(3, kMisnamed, "unknown_event_type");
  const auto patch =
      write_file("patch.json", R"([{"op":"move","from":"/activitytype","path":"/activityType"}])");
  EXPECT_THAT(redrive({"--code", "missing_field", "--edit", patch}),
              AllOf(HasSubstr("5 dead letters"), HasSubstr("before:"), HasSubstr("after:"),
                    HasSubstr("\"activityType\": \"Click\"")));
  redrive({"--code", "missing_field", "--edit", patch, "--apply"});
  EXPECT_EQ(topic("user-activity").size(), 5U);
  // Without a filter the others are meant, and nothing that is brought already.
  redrive({"--edit", patch, "--apply"});
  EXPECT_EQ(topic("user-activity").size(), 8U);
  expect_each_once();
}

TEST_F(RedriveTest, KilledAtAnyMomentTheNextRunGoesOnWithoutALossOrADouble) {
  const char* const asked = std::getenv("PENSTOCK_REDRIVE_KILLS");
  const int kills = asked == nullptr ? 8 : std::atoi(asked);
  constexpr unsigned kSeed = 20'251'128;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> moment_ms(0, 700);
  write_letters(static_cast<std::size_t>(kills) * 600, kClick, "missing_field");
  int in_the_middle = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const std::size_t before = topic("user-activity").size();
    const auto run = begin({"--apply", "--rate", "200"});
    // Every second one while the run begins, the others when it has brought something.
    if (kill % 2 == 1) {
      ASSERT_TRUE(
          eventually([&] { return topic("user-activity").size() > before || !run->running(); }));
    }
    if (run->wait(std::chrono::milliseconds(moment_ms(random)))) break;  // all are brought
    run->kill();
    ++in_the_middle;
  }
  EXPECT_GE(in_the_middle, kills * 3 / 4) << "seed " << kSeed;
  redrive({"--apply"});
  expect_each_once();
  EXPECT_EQ(applied()["moved"], 0);
}

TEST_F(RedriveTest, WhatRetentionTakesMeanwhileIsCountedAndTheRestIsRead) {
  write_letters(400, kClick, "missing_field");
  const std::string topic = prefix_ + "dead-letter";
  ctl::RangeReader reader({broker_.bootstrap(), "", {}});
  const auto ranges = reader.whole(topic);
  KafkaAdmin(broker_.bootstrap()).delete_records(topic, 1, 10);
  std::int64_t kept = 0;
  reader.start(ranges);
  while (!reader.finished()) kept += static_cast<std::int64_t>(reader.next().size());
  EXPECT_EQ(reader.expired(), 10);
  EXPECT_EQ(reader.done(), reader.total());
  EXPECT_EQ(kept, 390);
}

TEST_F(RedriveTest, ATopicThatWasMadeAnewIsNotTakenForTheOldOne) {
  write_letters(20, kClick, "missing_field");
  redrive({"--apply"});
  KafkaAdmin admin(broker_.bootstrap());
  admin.delete_topic(prefix_ + "dead-letter");
  admin.create_topic(prefix_ + "dead-letter", 4);
  write_letters(1, kClick, "missing_field");
  EXPECT_THAT(redrive({"--apply"}, 1), HasSubstr("was made anew"));
  EXPECT_THAT(redrive({}, 1), HasSubstr("was made anew"));
}

TEST_F(RedriveTest, StoppedByCtrlCItSaysHowFarItIsAndHowToGoOn) {
  write_letters(500, kClick, "missing_field");
  const auto run = begin({"--apply", "--rate", "50"});
  ASSERT_TRUE(eventually([&] { return !topic("user-activity").empty(); }));
  run->signal(SIGINT);
  EXPECT_EQ(run->wait(kPatience), 130);
  EXPECT_THAT(output(), AllOf(HasSubstr("stopped: "), HasSubstr("the same command goes on")));
  const auto so_far = topic("user-activity").size();
  EXPECT_GT(so_far, 0U);
  EXPECT_LT(so_far, 500U);
  redrive({"--apply"});
  expect_each_once();
}

TEST_F(RedriveTest, ASecondRunTakesOverFromTheFirst) {
  write_letters(300, kClick, "missing_field");
  const auto first = begin({"--apply", "--rate", "20"});
  ASSERT_TRUE(eventually([&] { return !topic("user-activity").empty(); }));
  redrive({"--apply"});
  EXPECT_EQ(first->wait(kPatience), 1);
  expect_each_once();
}

TEST_F(RedriveTest, WhatIsWrongIsSaidAndNothingIsWritten) {
  write_letters(3, kClick, "missing_field");
  EXPECT_THAT(redrive({"--edit", write_file("half.json", R"([{"op":"mo)")}, 1),
              AllOf(HasSubstr("half.json: not JSON, or cut off"), HasSubstr("RFC 6902")));
  EXPECT_THAT(redrive({"--edit", directory_ / "nowhere.json"}, 2), HasSubstr("nowhere.json"));
  EXPECT_THAT(redrive({"--gateway-config", write_file("gateway.yaml", "keys: [")}, 1),
              HasSubstr("gateway.yaml"));
  EXPECT_THAT(redrive({"--rate", "0"}, 2), HasSubstr("--rate"));
  EXPECT_THAT(redrive({"--attempts", "0"}, 2), HasSubstr("--attempts"));
  EXPECT_EQ(topic("user-activity").size(), 0U);
  EXPECT_EQ(topic("redrive-ledger").size(), 0U);
}

TEST_F(RedriveTest, ATopicThatIsMissingIsNamedBeforeAnythingIsWritten) {
  write_letters(3, kClick, "missing_field");
  const auto schemas = directory_ / "schemas";
  std::filesystem::create_directory(schemas);
  std::ofstream(schemas / "Invoice.v1.json") << "{}";
  const auto config =
      write_file("gateway.yaml", "event_types: {schemas: " + schemas.string() + "}\n");
  EXPECT_THAT(redrive({"--apply", "--gateway-config", config}, 1),
              HasSubstr("no topic " + prefix_ + "custom-events"));
  EXPECT_EQ(topic("user-activity").size(), 0U);
}

struct OwnBroker {
  KafkaBroker own;  // which a case may kill
};

class RedriveOutageTest : private OwnBroker, public RedriveTest {
 protected:
  RedriveOutageTest() : RedriveTest(own) {}
};

TEST_F(RedriveOutageTest, ABrokerThatDiesIsWaitedForAndNothingIsLostOrDoubled) {
  write_letters(1500, kClick, "missing_field");
  const auto run = begin({"--apply", "--rate", "150"});
  ASSERT_TRUE(eventually([&] { return !topic("user-activity").empty(); }));
  broker_.kill();
  ASSERT_TRUE(run->running());
  broker_.restart();
  EXPECT_EQ(run->wait(std::chrono::minutes(2)), 0) << output();
  expect_each_once();
}

}  // namespace
}  // namespace penstock::test
