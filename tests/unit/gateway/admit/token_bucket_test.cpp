// Goal: never more than the burst and the rate, exactly when the bucket says, and no request that
// can never pass. Method: instants as arguments; no clock is waited for.
#include "admit/token_bucket.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kStart = 1000s;  // as a machine's clock, which does not begin at 0

TEST(TokenBucketTest, AFullBucketGivesItsBurstAndThenNothing) {
  TokenBucket bucket(10, 3);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(bucket.take(1, kStart)) << i;
  EXPECT_EQ(bucket.take(1, kStart), 100ms);
}

TEST(TokenBucketTest, OneTokenComesExactlyAtTheTimeThatItTold) {
  TokenBucket bucket(10, 1);
  EXPECT_FALSE(bucket.take(1, kStart));
  const auto wait = bucket.take(1, kStart);
  ASSERT_TRUE(wait);
  EXPECT_TRUE(bucket.take(1, kStart + *wait - 1ns));
  EXPECT_FALSE(bucket.take(1, kStart + *wait));
}

TEST(TokenBucketTest, ARefusalTakesNothing) {
  TokenBucket bucket(10, 1);
  EXPECT_FALSE(bucket.take(1, kStart));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(bucket.take(1, kStart), 100ms);
}

TEST(TokenBucketTest, IdleTimeFillsItNoFurtherThanTheBurst) {
  TokenBucket bucket(10, 3);
  const auto later = kStart + 24h;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(bucket.take(1, later));
  EXPECT_TRUE(bucket.take(1, later));
}

TEST(TokenBucketTest, MoreThanTheBurstPassesWhenFullAndIsPaidBack) {
  TokenBucket bucket(100, 500);
  EXPECT_FALSE(bucket.take(1000, kStart));    // 500 of them are owed
  EXPECT_EQ(bucket.take(1, kStart), 5010ms);  // back to 0 after 5 s, then one more token
  EXPECT_EQ(bucket.take(1000, kStart), 10s);  // full again
  EXPECT_FALSE(bucket.take(1000, kStart + 10s));
}

TEST(TokenBucketTest, ABurstOfLessThanOneTokenIsOne) {
  TokenBucket bucket(0.01, 0.1);
  EXPECT_FALSE(bucket.take(1, kStart));
  EXPECT_EQ(bucket.take(1, kStart), 100s);
}

TEST(TokenBucketTest, AnyCostAndRateStayWithinTheArithmetic) {
  TokenBucket bucket(1e-9, 1e30);
  EXPECT_FALSE(bucket.take(1e30, kStart));
  const auto wait = bucket.take(1e30, kStart);
  ASSERT_TRUE(wait);
  EXPECT_GT(*wait, 0ns);
}

TEST(TokenBucketTest, TellsWhatIsLeftAndWhenItIsFull) {
  TokenBucket bucket(10, 5);
  EXPECT_DOUBLE_EQ(bucket.available(kStart), 5);
  EXPECT_EQ(bucket.until_full(kStart), 0ns);
  EXPECT_FALSE(bucket.take(2, kStart));
  EXPECT_DOUBLE_EQ(bucket.available(kStart), 3);
  EXPECT_EQ(bucket.until_full(kStart), 200ms);
}

TEST(TokenBucketTest, ThreadsTogetherGetNoMoreThanTheBurst) {
  TokenBucket bucket(1, 1000);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        if (!bucket.take(1, kStart)) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace penstock::gateway
