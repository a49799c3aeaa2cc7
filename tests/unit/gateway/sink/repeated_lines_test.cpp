// Goal: what is said again and again is one line a minute, with how often, and nothing else is kept
// back.
#include "sink/repeated_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

TEST(RepeatedLinesTest, TheSameLineIsSaidOncePerMinuteWithHowOften) {
  RepeatedLines lines;
  const RepeatedLines::Clock::time_point begin;
  EXPECT_THAT(lines.pass("broker:9092: Connect failed (after 1ms)", begin),
              Optional(std::string("broker:9092: Connect failed (after 1ms)")));
  for (int i = 0; i < 44; ++i)
    EXPECT_EQ(lines.pass("broker:9092: Connect failed (after " + std::to_string(i) + "ms)",
                         begin + 1s * i),
              std::nullopt);
  EXPECT_THAT(lines.pass("broker:9092: Connect failed (after 0ms)", begin + 60s),
              Optional(std::string("broker:9092: Connect failed (after 0ms) (and 44 times more "
                                   "since it was last said)")));
  EXPECT_EQ(lines.pass("broker:9092: Connect failed (after 0ms)", begin + 61s), std::nullopt);
}

TEST(RepeatedLinesTest, OtherLinesAreSaidAtOnce) {
  RepeatedLines lines;
  const RepeatedLines::Clock::time_point now;
  EXPECT_TRUE(lines.pass("a: Connect failed", now).has_value());
  EXPECT_TRUE(lines.pass("b: Connect failed", now).has_value());
  EXPECT_TRUE(lines.pass("a: Disconnected", now).has_value());
  EXPECT_FALSE(lines.pass("a: Connect failed", now).has_value());
}

TEST(RepeatedLinesTest, ManyKindsTakeABoundedMemory) {
  RepeatedLines lines;
  const RepeatedLines::Clock::time_point now;
  std::string line;
  for (std::size_t i = 0; i < RepeatedLines::kKindsMax; ++i)
    EXPECT_TRUE(lines.pass(line += 'x', now).has_value());
  EXPECT_TRUE(lines.pass("x", now).has_value()) << "all were forgotten, and this one is new again";
}

}  // namespace
}  // namespace penstock::gateway
