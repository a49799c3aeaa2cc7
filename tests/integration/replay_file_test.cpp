// Goal: a replay to a file ends with the same bytes whatever stopped it, and keeps away from files
// that are not its own; a replay at a pace keeps to the order and the pace of its records. Method:
// as replay_test.cpp.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <random>

#include "integration/replay_fixture.hpp"
#include "support/eventually.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReplayFileTest : public ReplayTest {
 protected:
  std::filesystem::path file(const std::string& name) const { return directory_ / name; }
  static std::string text_in(const std::filesystem::path& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::vector<std::string> to_file(const std::string& name,
                                   const std::vector<std::string>& more = {}) const {
    return with({"--from", "user-activity", "--to-file", file(name)}, more);
  }
};

TEST_F(ReplayFileTest, HoldsTheValuesInTheOrderOfTheirTimesOrWholeRecords) {
  write_events(300);
  EXPECT_THAT(replay(to_file("a.ndjson")), HasSubstr("bring 300 records of 300"));
  EXPECT_FALSE(std::filesystem::exists(file("a.ndjson")));
  EXPECT_EQ(applied(to_file("a.ndjson"))["brought"], 300);
  EXPECT_FALSE(std::filesystem::exists(file("a.ndjson.progress")));
  std::ifstream lines(file("a.ndjson"));
  std::string line;
  std::size_t number = 0;
  for (; std::getline(lines, line); ++number)
    EXPECT_EQ(Json::parse(line)["eventId"], id_of(number));
  EXPECT_EQ(number, 300U);

  applied(to_file("whole.ndjson", {"--whole", "--correlation", "flow-7"}));
  const Json whole = Json::parse(text_in(file("whole.ndjson")));
  EXPECT_EQ(whole["key"], "key-7");
  EXPECT_EQ(whole["headers"]["eventId"], id_of(7));
  EXPECT_EQ(whole["value"]["seq"], 7);
}

TEST_F(ReplayFileTest, KilledAndGoneOnWithItIsTheSameByteForByte) {
  constexpr int kKills = 6;
  constexpr unsigned kSeed = 20'251'129;
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> moment_ms(100, 900);
  write_events(4000);
  applied(to_file("whole-run.ndjson"));
  int in_the_middle = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto run = begin(to_file("killed.ndjson", {"--apply", "--rate", "500"}));
    if (kill % 2 == 1) {
      ASSERT_TRUE(eventually(
          [&] { return std::filesystem::exists(file("killed.ndjson")) || !run->running(); }));
    }
    if (run->wait(std::chrono::milliseconds(moment_ms(random)))) break;
    run->kill();
    ++in_the_middle;
    // What lies behind the size that was noted is cut off.
    if (std::filesystem::exists(file("killed.ndjson")))
      std::ofstream(file("killed.ndjson"), std::ios::app) << "{\"half\":";
  }
  EXPECT_GE(in_the_middle, kKills / 2) << "seed " << kSeed;
  EXPECT_THAT(replay(to_file("killed.ndjson", {"--apply"})), HasSubstr("is finished"));
  EXPECT_EQ(text_in(file("killed.ndjson")), text_in(file("whole-run.ndjson")));
  EXPECT_FALSE(std::filesystem::exists(file("killed.ndjson.progress")));
}

TEST_F(ReplayFileTest, MorePerPartitionThanIsHeldComesInOrderToo) {
  step_ms_ = 500;  // none in the future
  write_events(60'000);
  applied(to_file("all.ndjson"));
  std::ifstream lines(file("all.ndjson"));
  std::string line;
  std::size_t number = 0;
  for (; std::getline(lines, line); ++number) ASSERT_EQ(Json::parse(line)["seq"], number);
  EXPECT_EQ(number, 60'000U);
}

TEST_F(ReplayFileTest, AFileThatIsNotItsOwnStays) {
  write_events(300);
  std::ofstream(file("mine")) << "mine";
  EXPECT_THAT(replay(to_file("mine", {"--apply"}), 1), HasSubstr("exists, and is not of a run"));
  EXPECT_EQ(text_in(file("mine")), "mine");
  EXPECT_THAT(replay(to_file("no/folder", {"--apply"}), 1), HasSubstr("cannot write"));

  const auto run = begin(to_file("started", {"--apply", "--rate", "50"}));
  ASSERT_TRUE(eventually([&] {
    return std::filesystem::exists(file("started")) &&
           std::filesystem::file_size(file("started")) > 0;
  }));
  EXPECT_THAT(replay(to_file("started", {"--apply"}), 1), HasSubstr("another run writes"));
  run->signal(SIGINT);
  EXPECT_EQ(run->wait(kPatience), 130);
  EXPECT_THAT(replay(to_file("started", {"--user", "u-1", "--apply"}), 1),
              HasSubstr("replays something else"));
  std::ofstream(file("started"), std::ios::trunc) << "";
  EXPECT_THAT(replay(to_file("started", {"--apply"}), 1), HasSubstr("is shorter than"));
  std::ofstream(file("started.progress"), std::ios::trunc) << "{}";
  EXPECT_THAT(replay(to_file("started", {"--apply"}), 1), HasSubstr("is not what a replay"));
}

TEST_F(ReplayFileTest, AtASpeedRecordsComeInOrderAndTakeTheirTime) {
  write_events(200);  // 199 s
  const auto begin = std::chrono::steady_clock::now();
  applied(with(to_rebuilt_, {"--speed", "100"}));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1990));
  expect_each_once("rebuilt-activity");

  const auto run = this->begin({"--from", "user-activity", "--to", "rebuilt-activity", "--name",
                                "slow", "--speed", "1", "--apply"});
  ASSERT_TRUE(eventually([&] { return topic("rebuilt-activity").size() > 202; }));
  run->signal(SIGINT);
  EXPECT_EQ(run->wait(kPatience), 130);
  std::vector<std::int64_t> times;
  for (const auto& record : topic("rebuilt-activity"))
    if (record.header("replayed") == "slow") times.push_back(record.timestamp_ms);
  std::ranges::sort(times);
  for (std::size_t i = 0; i < times.size(); ++i)
    EXPECT_EQ(times[i], first_ms_ + static_cast<std::int64_t>(i) * 1000);
}

}  // namespace
}  // namespace penstock::test
