// Goal: a replay to a topic brings each record that is meant there once, unchanged, whatever stops
// it, and says before what it will do. Method: the real program on a real broker, events as the
// gateway writes them; kill -9 at moments that a seed chooses, then the same command again.
#include "integration/replay_fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Place = std::pair<int, std::string>;  // partition, eventId

std::map<Place, KafkaRecord> by_place(const std::vector<KafkaRecord>& records) {
  std::map<Place, KafkaRecord> map;
  for (const auto& record : records)
    map[{record.partition, record.header("eventId").value_or("")}] = record;
  return map;
}

TEST_F(ReplayTest, ShowsFirstThenBringsEachRecordUnchangedToItsPartition) {
  write_events(200);
  write_events(100, "u-2", "s-2", "FormSubmission");
  EXPECT_THAT(
      replay(to_rebuilt_),
      AllOf(HasSubstr(prefix_ + "user-activity[0]@0-"), HasSubstr("bring 300 records of 300"),
            HasSubstr("200  UserActivity Click"), HasSubstr("100  UserActivity FormSubmission"),
            HasSubstr(prefix_ + "rebuilt-activity"), HasSubstr("Nothing has been done")));
  EXPECT_EQ(topic("rebuilt-activity").size(), 0U);

  const Json done = applied(to_rebuilt_);
  EXPECT_EQ(done["brought"], 300);
  EXPECT_EQ(done["finished"], true);
  const auto sources = by_place(topic("user-activity"));
  const auto copies = by_place(topic("rebuilt-activity"));
  ASSERT_EQ(copies.size(), 300U);
  for (const auto& [place, copy] : copies) {
    const auto source = sources.find(place);
    ASSERT_NE(source, sources.end());
    EXPECT_EQ(copy.key, source->second.key);
    EXPECT_EQ(copy.value, source->second.value);
    EXPECT_EQ(copy.timestamp_ms, source->second.timestamp_ms);
    auto headers = source->second.headers;
    headers.emplace_back("replayed", done["name"]);
    EXPECT_EQ(copy.headers, headers);
  }
  // Once is enough, and it says so.
  EXPECT_THAT(replay(with(to_rebuilt_, {"--apply"})),
              AllOf(HasSubstr("is finished"), HasSubstr("--name")));
  EXPECT_EQ(topic("rebuilt-activity").size(), 300U);
  EXPECT_EQ(applied(with(to_rebuilt_, {"--name", "other"}))["brought"], 300);
  EXPECT_EQ(topic("rebuilt-activity").size(), 600U);
}

TEST_F(ReplayTest, EachFilterChoosesAndTogetherTheyNarrow) {
  write_events(5, "u-1", "s-1", "Click");
  write_events(4, "u-1", "s-2", "Error");
  write_events(3, "u-2", "s-3", "Click");
  const auto matched = [this](const std::vector<std::string>& filter) {
    return Json::parse(replay(with(with(to_rebuilt_, filter), {"--json"})))["matched"];
  };
  EXPECT_EQ(matched({"--user", "u-1"}), 9);
  EXPECT_EQ(matched({"--user", "u-1", "--user", "u-2"}), 12);
  EXPECT_EQ(matched({"--session", "s-2"}), 4);
  EXPECT_EQ(matched({"--type", "Click"}), 8);
  EXPECT_EQ(matched({"--type", "UserActivity"}), 12);
  EXPECT_EQ(matched({"--correlation", "flow-7"}), 1);
  EXPECT_EQ(matched({"--user", "u-1", "--type", "Click"}), 5);
  EXPECT_EQ(matched({"--user", "u"}), 0);
  EXPECT_EQ(applied(with(to_rebuilt_, {"--user", "u-2"}))["brought"], 3);
  for (const auto& record : topic("rebuilt-activity"))
    EXPECT_EQ(Json::parse(record.value)["userId"], "u-2");
}

TEST_F(ReplayTest, TimesAndOffsetsBoundWhatIsRead) {
  write_events(100);
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count();
  // In the middle between two events, so that a moment does not matter.
  const auto ago = [&](int event) {
    return std::to_string((now_ms - first_ms_) / 1000 - event) + "s";
  };
  const auto since = applied(with(to_rebuilt_, {"--since", ago(40), "--until", ago(60)}));
  EXPECT_NEAR(since["brought"].get<double>(), 20, 4);
  const auto offsets = applied(with(to_rebuilt_, {"--offsets", "[3]@2-4", "--offsets", "[1]@5"}));
  EXPECT_EQ(offsets["brought"], 4);
  std::multiset<int> partitions;
  for (const auto& record : topic("rebuilt-activity"))
    if (record.header("replayed") == offsets["name"].get<std::string>())
      partitions.insert(record.partition);
  EXPECT_EQ(partitions, (std::multiset<int>{1, 3, 3, 3}));
}

TEST_F(ReplayTest, CopiesGetTheTimeOfNowOnRequestAndGoByTheirKeyWherePartitionsDiffer) {
  write_events(60);
  KafkaAdmin(broker_.bootstrap()).create_topic(prefix_ + "wide", 7);
  applied({"--from", "user-activity", "--to", "wide", "--timestamps", "now"});
  const auto copies = topic("wide");
  ASSERT_EQ(copies.size(), 60U);
  std::map<std::string, std::set<int>> partitions;
  for (const auto& copy : copies) {
    EXPECT_GT(copy.timestamp_ms, first_ms_ + 3'600'000);
    partitions[*copy.key].insert(copy.partition);
  }
  for (const auto& [key, all] : partitions) EXPECT_EQ(all.size(), 1U) << key;
}

TEST_F(ReplayTest, ATopicReplayedIntoItselfEndsAndWhoDedupesSeesNoDifference) {
  write_events(150);
  const std::vector<std::string> into_itself = {"--from",        "user-activity", "--to",
                                                "user-activity", "--name",        "again"};
  const auto last_of_each_key = [this] {
    std::set<std::string> seen;
    std::map<std::string, std::string> last;
    for (const auto& record : topic("user-activity"))
      if (seen.insert(*record.header("eventId")).second) last[*record.key] = record.value;
    return last;
  };
  const auto before = last_of_each_key();
  EXPECT_EQ(applied(into_itself)["brought"], 150);
  EXPECT_EQ(topic("user-activity").size(), 300U);
  EXPECT_EQ(last_of_each_key(), before);
  EXPECT_EQ(applied(into_itself)["brought"], 150);  // of the run that is finished
  EXPECT_EQ(topic("user-activity").size(), 300U);
}

TEST_F(ReplayTest, WhatARunOfThisNameHasBroughtIsLeftOutAndThatOfOthersIsNot) {
  write_events(10);
  mark_ = "again";
  write_events(4);
  mark_ = "before";
  write_events(3);
  const auto done =
      applied({"--from", "user-activity", "--to", "user-activity", "--name", "again"});
  EXPECT_EQ(done["brought"], 13);
  EXPECT_EQ(done["skipped"], 4);
}

TEST_F(ReplayTest, KilledAtAnyMomentTheNextRunGoesOnWithoutALossOrADouble) {
  const char* const asked = std::getenv("PENSTOCK_REPLAY_KILLS");
  const int kills = asked == nullptr ? 8 : std::atoi(asked);
  constexpr unsigned kSeed = 20'251'128;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> moment_ms(0, 700);
  write_events(static_cast<std::size_t>(kills) * 600);
  int in_the_middle = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const std::size_t before = topic("rebuilt-activity").size();
    const auto run = begin(with(to_rebuilt_, {"--apply", "--rate", "200"}));
    // Every second one while the run begins, the others when it has brought something.
    if (kill % 2 == 1) {
      ASSERT_TRUE(
          eventually([&] { return topic("rebuilt-activity").size() > before || !run->running(); }));
    }
    if (run->wait(std::chrono::milliseconds(moment_ms(random)))) break;  // all are brought
    run->kill();
    ++in_the_middle;
  }
  EXPECT_GE(in_the_middle, kills * 3 / 4) << "seed " << kSeed;
  EXPECT_THAT(replay(with(to_rebuilt_, {"--apply"})), HasSubstr("goes on with run"));
  expect_each_once("rebuilt-activity");
}

TEST_F(ReplayTest, StoppedByCtrlCItSaysHowFarItIsAndHowToGoOn) {
  write_events(500);
  const auto run = begin(with(to_rebuilt_, {"--apply", "--rate", "50"}));
  ASSERT_TRUE(eventually([&] { return !topic("rebuilt-activity").empty(); }));
  run->signal(SIGINT);
  EXPECT_EQ(run->wait(kPatience), 130);
  EXPECT_THAT(output(), AllOf(HasSubstr("stopped: "), HasSubstr("the same command goes on")));
  EXPECT_LT(topic("rebuilt-activity").size(), 500U);
  EXPECT_THAT(replay(to_rebuilt_), HasSubstr("It goes on: "));
  replay(with(to_rebuilt_, {"--apply"}));
  expect_each_once("rebuilt-activity");
}

TEST_F(ReplayTest, WhatCameBehindTheFirstRunIsNotReplayed) {
  write_events(200);
  const auto run = begin(with(to_rebuilt_, {"--apply", "--rate", "50"}));
  ASSERT_TRUE(eventually([&] { return !topic("rebuilt-activity").empty(); }));
  run->kill();
  write_events(100);
  EXPECT_EQ(applied(to_rebuilt_)["brought"], 200);
  EXPECT_EQ(topic("rebuilt-activity").size(), 200U);
}

TEST_F(ReplayTest, WhatRetentionHasTakenMeanwhileIsToldAndStrictFails) {
  write_events(400);
  const auto run = begin(with(to_rebuilt_, {"--apply", "--rate", "20"}));
  ASSERT_TRUE(eventually([&] { return !topic("rebuilt-activity").empty(); }));
  run->kill();
  const auto sources = topic("user-activity");
  KafkaAdmin admin(broker_.bootstrap());
  std::map<int, std::int64_t> ends;
  for (const auto& record : sources) ends[record.partition] = record.offset + 1;
  for (const auto& [partition, end] : ends)
    admin.delete_records(prefix_ + "user-activity", partition, end - 10);
  EXPECT_THAT(replay(with(to_rebuilt_, {"--apply", "--strict"}), 1),
              HasSubstr("retention has taken "));
  EXPECT_GE(topic("rebuilt-activity").size(), 36U);
  EXPECT_LT(topic("rebuilt-activity").size(), 400U);
  EXPECT_THAT(replay(with(to_rebuilt_, {"--apply"})), HasSubstr("retention has taken "));
}

TEST_F(ReplayTest, TimesThatTheTargetDoesNotTakeAreSaidWithTheWayOut) {
  write_events(5);
  KafkaAdmin(broker_.bootstrap())
      .create_topic(prefix_ + "young", 4, {{"message.timestamp.before.max.ms", "3600000"}});
  const std::vector<std::string> to_young = {"--from", "user-activity", "--to", "young", "--apply"};
  EXPECT_THAT(replay(to_young, 1), HasSubstr("--timestamps now"));
  replay(with(to_young, {"--timestamps", "now"}));
  expect_each_once("young");
}

TEST_F(ReplayTest, WhatIsWrongIsSaidAndNothingIsWritten) {
  write_events(3);
  EXPECT_THAT(replay({"--from", "no-such", "--to", "rebuilt-activity", "--apply"}, 1),
              HasSubstr("no topic " + prefix_ + "no-such"));
  EXPECT_THAT(replay({"--from", "user-activity", "--to", "no-such", "--apply"}, 1),
              HasSubstr("no topic " + prefix_ + "no-such"));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--offsets", "3@1-2"}), 2), HasSubstr("give [3]@100-200"));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--offsets", "[9]@1-2"}), 1), HasSubstr("no partition 9"));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--name", "a b"}), 2), HasSubstr("--name"));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--rate", "0"}), 2), HasSubstr("--rate"));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--since", "soon"}), 2), HasSubstr("is no time"));
  EXPECT_EQ(topic("rebuilt-activity").size(), 0U);
  replay(with(to_rebuilt_, {"--name", "mine", "--apply"}));
  EXPECT_THAT(replay(with(to_rebuilt_, {"--name", "mine", "--user", "u-1", "--apply"}), 1),
              HasSubstr("choose another --name"));
}

}  // namespace
}  // namespace penstock::test
