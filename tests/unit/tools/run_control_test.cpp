// Goal: a person sees how far a long run is; a pace is kept to. Method: the pure parts.
#include "run_control.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace penstock::ctl {
namespace {

using namespace std::chrono_literals;  // NOLINT: the numbers below

TEST(RunControlTest, TheProgressSaysHowFarHowFastAndHowLong) {
  EXPECT_EQ(progress_text(12'000, 1'632'000, 6s),
            "12,000 of 1,632,000 (0.7 %), 2,000 a second, 14 min left");
  EXPECT_EQ(progress_text(900, 1000, 100s), "900 of 1,000 (90.0 %), 9 a second, 12 s left");
  EXPECT_EQ(progress_text(1, 10'000, 10s), "1 of 10,000 (0.0 %), 0 a second, 28 h left");
  EXPECT_EQ(progress_text(0, 10, 1s), "0 of 10 (0.0 %), 0 a second");
  EXPECT_EQ(progress_text(0, 0, 0s), "0 of 0 (100.0 %), 0 a second");
}

TEST(RunControlTest, NumbersAndNounsReadWell) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "letter"), "1 letter");
  EXPECT_EQ(counted(2000, "letter"), "2,000 letters");
}

TEST(RunControlTest, APaceIsWaitedForAndNoPaceIsNot) {
  RunControl slow(1000);
  EXPECT_GT(slow.paced() + slow.paced(), 0ns);
  RunControl unlimited(0);
  EXPECT_EQ(unlimited.paced(), 0ns);
}

TEST(RunControlTest, ATimeWithoutAnythingToDoIsNotMadeUpForByABurst) {
  using Clock = std::chrono::steady_clock;
  RunControl control(10);
  for (const auto until = Clock::now() + 500ms; Clock::now() < until;) {
  }
  control.paced();
  EXPECT_GT(control.paced(), 90ms);
}

}  // namespace
}  // namespace penstock::ctl
