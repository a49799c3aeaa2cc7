// Goal: an event loop that stands still is seen from another thread. Method: beats at given times.
#include "http/loop_pulse.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;

TEST(LoopPulseTest, TheNextBeatIsOverdueOnlyAfterItsInterval) {
  LoopPulse pulse(500ms);
  const auto now = LoopPulse::Clock::now() + 1h;
  EXPECT_GT(pulse.lag(now), 59min) << "no beat yet";
  pulse.beat(now);
  EXPECT_EQ(pulse.lag(now), 0ns);
  EXPECT_EQ(pulse.lag(now + 500ms), 0ns);
  EXPECT_EQ(pulse.lag(now + 11s), 10s + 500ms);
  pulse.beat(now + 12s);
  EXPECT_EQ(pulse.lag(now + 12s), 0ns);
}

TEST(LoopPulseTest, AThreadThatWaitsIsHardlyBusyAndOneThatWorksIs) {
  LoopPulse pulse(500ms);
  const auto begin = LoopPulse::Clock::now();
  pulse.beat(begin + 1h);  // so much time has passed by the clock, none of it on this thread
  EXPECT_LT(pulse.busy(), 0.01);

  const std::clock_t until = std::clock() + CLOCKS_PER_SEC / 20;
  while (std::clock() < until) {
  }
  pulse.beat(begin + 1h + 2s);  // two seconds later, of which it has worked a twentieth of one
  EXPECT_GT(pulse.busy(), 0.02);
  EXPECT_LE(pulse.busy(), 1);
}

}  // namespace
}  // namespace penstock::gateway
