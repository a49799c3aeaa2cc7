// Goal: what failed, was refused, or was asked for decides when the next request may be made, also
// over restarts. Method: answers without a network; the folder is real.
#include "transport/pause.hpp"

#include <gtest/gtest.h>

#include "support/temp_directory.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;
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
    return {options_, gateway};
  }

  test::TempDirectory directory_;
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
  {
    Pause pause = make();
    const Decision decision = pause.judge(429, false, "600");
    EXPECT_TRUE(decision.server_asked);
    pause.failed(decision);
    EXPECT_GE(pause.held_until(), Clock::now() + seconds(590));
    pause.succeeded();
    EXPECT_TRUE(pause.held()) << "an acknowledgement that was under way does not end it";
  }
  EXPECT_GE(make().held_until(), Clock::now() + seconds(590));
  EXPECT_FALSE(make("other.example:443").held());
}

TEST_F(PauseTest, ARefusalWaitsLongWithoutHoldingOtherRequests) {
  Pause pause = make();
  const Decision decision = pause.judge(401, false, {});
  ASSERT_EQ(decision.action, Action::kAskRarely);
  pause.refused(decision);
  EXPECT_TRUE(pause.waits_after_refusal());
  EXPECT_GE(pause.refused_until(), Clock::now() + options_.refusal_delay_min / 2 - seconds(5));
  EXPECT_FALSE(pause.held());
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
