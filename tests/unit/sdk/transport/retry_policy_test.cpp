// Goal: each answer of a gateway leads to what the response table of the wire protocol says, and no
// delay is outside its bounds. Method: the policy is pure, so every status that exists and the
// edges of the random number are simply tried.
#include "transport/retry_policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace penstock::transport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetryLimits kLimits{milliseconds(500), milliseconds(60'000), milliseconds(60'000),
                              std::chrono::hours(1)};
constexpr double kLeast = 0.0;
constexpr double kMost = 0.9999999999;

Action action_of(int status, bool answer_fits = false) {
  return decide({status, answer_fits, 0, 0, {}}, kLimits, kLeast).action;
}

milliseconds longest_wait_after(unsigned failures) {
  return decide({503, false, failures, 0, {}}, kLimits, kMost).wait;
}

TEST(RetryPolicyTest, SuccessWithVerdictsAcknowledges) {
  EXPECT_EQ(action_of(200, true), Action::kAcknowledge);
}

TEST(RetryPolicyTest, SuccessWithoutVerdictsIsRetriedForItMayBeACaptivePortal) {
  for (const int status : {200, 201, 202, 204})
    EXPECT_EQ(action_of(status), Action::kRetry) << status;
}

TEST(RetryPolicyTest, TooLargeSplits) { EXPECT_EQ(action_of(413), Action::kSplit); }

TEST(RetryPolicyTest, EveryStatusDoesWhatTheTableSays) {
  const std::set<int> stops = {400, 401, 403, 415};
  for (int status = 100; status <= 599; ++status) {
    const Action expected = status == 413            ? Action::kSplit
                            : stops.contains(status) ? Action::kAskRarely
                                                     : Action::kRetry;
    EXPECT_EQ(action_of(status), expected) << status;
  }
}

TEST(RetryPolicyTest, NoAnswerIsRetried) { EXPECT_EQ(action_of(kNoAnswer), Action::kRetry); }

TEST(RetryPolicyTest, AVerdictCountsOnlyWithSuccess) {
  EXPECT_EQ(action_of(503, true), Action::kRetry);
}

TEST(RetryPolicyTest, RefusalsWaitFromAMinuteToAnHourAndNeverLessThanHalf) {
  using std::chrono::minutes;
  const auto wait = [](unsigned refusals, double random) {
    return decide({401, false, 9, refusals, {}}, kLimits, random).wait;
  };
  EXPECT_EQ(wait(0, kLeast), milliseconds(30'000));
  EXPECT_NEAR(static_cast<double>(wait(0, kMost).count()), 60'000, 1);
  EXPECT_EQ(wait(3, kLeast), minutes(4));
  EXPECT_EQ(wait(6, kLeast), minutes(30));
  EXPECT_NEAR(static_cast<double>(wait(4'000'000'000, kMost).count()), 3'600'000, 1);
  EXPECT_EQ(decide({401, false, 0, 0, minutes(2)}, kLimits, kLeast).wait, milliseconds(150'000));
}

TEST(RetryPolicyTest, JitterBeginsAtZero) {
  EXPECT_EQ(decide({503, false, 20, 0, {}}, kLimits, kLeast).wait, milliseconds(0));
}

TEST(RetryPolicyTest, JitterEndsAtTheDoubledDelayUpToItsMaximum) {
  EXPECT_EQ(longest_wait_after(0), milliseconds(500));
  EXPECT_EQ(longest_wait_after(1), milliseconds(1'000));
  EXPECT_EQ(longest_wait_after(6), milliseconds(32'000));
  EXPECT_EQ(longest_wait_after(7), milliseconds(60'000));
  EXPECT_EQ(longest_wait_after(4'000'000'000), milliseconds(60'000));
}

TEST(RetryPolicyTest, JitterIsSpreadEvenlyOverTheWholeRange) {
  constexpr int kDraws = 1000;
  milliseconds sum{0};
  for (int i = 0; i < kDraws; ++i)
    sum += decide({503, false, 1, 0, {}}, kLimits, i / double{kDraws}).wait;
  EXPECT_NEAR(static_cast<double>(sum.count()) / kDraws, 500.0, 2.0);
}

TEST(RetryPolicyTest, RetryAfterIsTheLeastWaitAndJitterComesOnTop) {
  const Attempt attempt{429, false, 0, 0, seconds(7)};
  EXPECT_EQ(decide(attempt, kLimits, kLeast).wait, seconds(7));
  EXPECT_EQ(decide(attempt, kLimits, kMost).wait, seconds(7) + milliseconds(500));
  EXPECT_TRUE(decide(attempt, kLimits, kLeast).server_asked);
}

TEST(RetryPolicyTest, RetryAfterIsObeyedForAnHourAtMost) {
  EXPECT_EQ(decide({503, false, 0, 0, hours(24)}, kLimits, kLeast).wait, hours(1));
}

TEST(RetryAfterTest, SecondsAreRead) {
  EXPECT_EQ(parse_retry_after("0", 0), seconds(0));
  EXPECT_EQ(parse_retry_after("120", 0), seconds(120));
  EXPECT_EQ(parse_retry_after("3600", 0), hours(1));
  EXPECT_EQ(parse_retry_after("3601", 0), hours(1));
  EXPECT_EQ(parse_retry_after("99999999999999999999999", 0), hours(1));
}

TEST(RetryAfterTest, ADateIsReadAsTheTimeUntilIt) {
  constexpr std::int64_t kThatDay = 784'111'777;
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kThatDay - 90), seconds(90));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kThatDay + 90), seconds(0));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 0), hours(1));
}

TEST(RetryAfterTest, NonsenseIsNone) {
  for (const char* text : {"", " ", "-1", "+1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT", ", ",
                           "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_EQ(parse_retry_after(text, 0), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace penstock::transport
