// Goal: the bytes on lease never exceed the budget, and each byte comes back once.
// Method: leases at the limit's edge, moved and dropped, from one thread and from four.
#include "admit/byte_budget.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

namespace penstock::gateway {
namespace {

TEST(ByteBudgetTest, GivesAllThatIsLeftAndNotOneByteMore) {
  ByteBudget budget(100);
  const auto first = budget.lease(60);
  ASSERT_TRUE(first);
  EXPECT_FALSE(budget.lease(41));
  EXPECT_TRUE(budget.lease(40));
}

TEST(ByteBudgetTest, ALeaseGivesItsBytesBackWhenItGoes) {
  ByteBudget budget(100);
  {
    const auto lease = budget.lease(100);
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->bytes(), 100U);
    EXPECT_EQ(budget.in_use(), 100U);
  }
  EXPECT_EQ(budget.in_use(), 0U);
}

TEST(ByteBudgetTest, AMovedLeaseGivesItsBytesBackOnce) {
  ByteBudget budget(100);
  {
    auto lease = budget.lease(30);
    ASSERT_TRUE(lease);
    Lease moved(std::move(*lease));
    EXPECT_EQ(moved.bytes(), 30U);
    auto other = budget.lease(20);
    ASSERT_TRUE(other);
    moved = std::move(*other);  // its own 30 come back now
    EXPECT_EQ(budget.in_use(), 20U);
  }
  EXPECT_EQ(budget.in_use(), 0U);
}

TEST(ByteBudgetTest, NothingIsLeasedFromAFullBudgetAndNoNumberIsTooLargeToRefuse) {
  ByteBudget budget(100);
  const auto all = budget.lease(100);
  EXPECT_TRUE(budget.lease(0));
  EXPECT_FALSE(budget.lease(1));
  EXPECT_FALSE(budget.lease(std::numeric_limits<std::size_t>::max()));
  EXPECT_EQ(budget.in_use(), 100U);
}

TEST(ByteBudgetTest, ThreadsTogetherStayWithinIt) {
  constexpr std::size_t kCapacity = 10;
  ByteBudget budget(kCapacity);
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        const auto lease = budget.lease(3);
        if (budget.in_use() > kCapacity) exceeded = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.in_use(), 0U);
}

}  // namespace
}  // namespace penstock::gateway
