// Goal: what failed, was refused, or was asked for decides when the next request may be made, also
// over restarts and while clocks jump. Method: answers without a network, clocks of the test's own;
// the folder is real.
#include "transport/pause.hpp"

#include <gtest/gtest.h>

#include "support/fake_time.hpp"
#include "support/temp_directory.hpp"

namespace penstock::transport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class PauseTest : public ::testing::Test {
 protected:
  PauseTest() {
    options_.directory = directory_.path();
    options_.retry_delay_min = milliseconds(1000);
    options_.retry_delay_max = milliseconds(8000);
  }
  Pause make(const std::string& gateway = "gateway.example:443") const {
    return {options_, gateway, time_};
  }

  test::TempDirectory directory_;
  test::FakeTime time_;
  Options options_;
};

TEST_F(PauseTest, AtFirstNothingHolds) {
  const Pause pause = make();
  EXPECT_FALSE(pause.held());
  EXPECT_FALSE(pause.waits_after_refusal());
  EXPECT_FALSE(pause.is_retry());
}

TEST_F(PauseTest, FailuresInARowWaitLongerUpToTheMost) {
  Pause pause = make();
  milliseconds longest{0};
  for (int i = 0; i < 1000; ++i) {
    const Decision decision = pause.judge(503, false, {});
    ASSERT_EQ(decision.action, Action::kRetry);
    ASSERT_LE(decision.wait, std::min(options_.retry_delay_max,
                                      options_.retry_delay_min * (1 << std::min(i, 10))));
    longest = std::max(longest, decision.wait);
    pause.failed(decision);
  }
  EXPECT_GT(longest, options_.retry_delay_max / 2);
  EXPECT_TRUE(pause.is_retry());
  EXPECT_FALSE(pause.held()) << "nobody asked for it";

  pause.succeeded();
  EXPECT_FALSE(pause.is_retry());
  EXPECT_LE(pause.judge(503, false, {}).wait, options_.retry_delay_min);
}

TEST_F(PauseTest, ARetryAfterHoldsAlsoTheNextRun) {
  milliseconds wait{0};
  {
    Pause pause = make();
    const Decision decision = pause.judge(429, false, "600");
    EXPECT_TRUE(decision.server_asked);
    wait = decision.wait;
    EXPECT_GE(wait, seconds(600));
    pause.failed(decision);
    EXPECT_EQ(pause.held_until(), time_.now() + wait);
    pause.succeeded();
    EXPECT_TRUE(pause.held()) << "an acknowledgement that was under way does not end it";
  }
  time_.pass(seconds(200));
  EXPECT_EQ(make().held_until(), time_.now() + wait - seconds(200));
  EXPECT_FALSE(make("other.example:443").held());
  time_.pass(wait - seconds(200));
  EXPECT_FALSE(make().held());
}

TEST_F(PauseTest, AJumpOfTheSystemsTimeNeitherEndsNorProlongsAWait) {
  Pause pause = make();
  const Decision decision = pause.judge(429, false, "600");
  pause.failed(decision);
  time_.jump(hours(24));
  EXPECT_TRUE(pause.held());
  time_.jump(-hours(48));
  time_.pass(decision.wait - milliseconds(1));
  EXPECT_TRUE(pause.held());
  time_.pass(milliseconds(1));
  EXPECT_FALSE(pause.held());
}

TEST_F(PauseTest, ADateInRetryAfterCountsFromTheSystemsTime) {
  Pause pause = make();
  const Decision decision = pause.judge(503, false, "Fri, 15 Jan 2027 08:05:00 GMT");
  EXPECT_GE(decision.wait, seconds(300)) << "the clocks stand at 08:00";
  EXPECT_LE(decision.wait, seconds(300) + options_.retry_delay_min) << "with the jitter";
}

TEST_F(PauseTest, ARefusalWaitsLongWithoutHoldingOtherRequests) {
  Pause pause = make();
  const Decision decision = pause.judge(401, false, {});
  ASSERT_EQ(decision.action, Action::kAskRarely);
  pause.refused(decision);
  EXPECT_TRUE(pause.waits_after_refusal());
  EXPECT_EQ(pause.refused_until(), time_.now() + decision.wait);
  EXPECT_GE(decision.wait, options_.refusal_delay_min / 2);
  EXPECT_FALSE(pause.held());
  time_.pass(decision.wait);
  EXPECT_FALSE(pause.waits_after_refusal());
}

TEST_F(PauseTest, JitterIsFromZeroToBelowOne) {
  Pause pause = make();
  for (int i = 0; i < 1000; ++i) {
    const double random = pause.random();
    ASSERT_GE(random, 0.0);
    ASSERT_LT(random, 1.0);
  }
}

}  // namespace
}  // namespace penstock::transport
