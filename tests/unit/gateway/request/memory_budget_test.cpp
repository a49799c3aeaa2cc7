// Goal: the bytes on lease never exceed the budget, each byte comes back once, and no client takes
// what the next one needs. Method: leases at the limit's edge, grown, split, moved and dropped,
// from one thread and from four.
#include "request/memory_budget.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "request/request.hpp"

namespace penstock::gateway {
namespace {

MemoryLease lease_of(MemoryBudget& budget) { return {budget, nullptr, nullptr}; }

TEST(MemoryBudgetTest, GivesAllThatIsLeftAndNotOneByteMore) {
  MemoryBudget budget(100);
  MemoryLease first = lease_of(budget), second = lease_of(budget);
  ASSERT_TRUE(first.grow(60));
  EXPECT_FALSE(second.grow(41));
  EXPECT_TRUE(second.grow(40));
  EXPECT_TRUE(second.grow(0));
  EXPECT_FALSE(first.grow(1));
  EXPECT_FALSE(first.grow(std::numeric_limits<std::size_t>::max()));
  EXPECT_EQ(budget.in_use(), 100U);
}

TEST(MemoryBudgetTest, EachByteComesBackOnceHoweverALeaseIsMovedSplitAndShrunk) {
  MemoryBudget budget(100);
  {
    MemoryLease lease = lease_of(budget), other = lease_of(budget);
    ASSERT_TRUE(lease.grow(50));
    ASSERT_TRUE(other.grow(20));
    lease.shrink(10);
    EXPECT_EQ(budget.in_use(), 60U);
    MemoryLease part = lease.split(15);
    EXPECT_EQ(lease.bytes(), 25U);
    EXPECT_EQ(part.bytes(), 15U);
    EXPECT_EQ(budget.in_use(), 60U);
    MemoryLease moved(std::move(part));
    moved = std::move(other);  // its own 15 come back now
    EXPECT_EQ(budget.in_use(), 45U);
  }
  EXPECT_EQ(budget.in_use(), 0U);
}

TEST(MemoryBudgetTest, OneAddressHoldsAHalfAtMostAndWhatItGivesBackIsItsOwnAgain) {
  MemoryBudget budget(100);
  const std::array<unsigned char, 4> address{192, 0, 2, 7};
  MemoryShare& share = budget.share_of(address);
  {
    MemoryLease lease(budget, &share, nullptr);
    EXPECT_TRUE(lease.grow(50));
    EXPECT_FALSE(lease.grow(1));
    EXPECT_EQ(budget.in_use(), 50U);  // what was refused holds nothing
    EXPECT_EQ(share.in_use(), 50U);
    EXPECT_TRUE(lease_of(budget).grow(50));
  }
  EXPECT_EQ(share.in_use(), 0U);
  MemoryLease again(budget, &share, nullptr);
  EXPECT_TRUE(again.grow(50));
}

TEST(MemoryBudgetTest, EachNextClientGetsAHalfOfWhatIsLeft) {
  MemoryBudget budget(std::size_t{1} << 20);
  std::vector<std::unique_ptr<MemoryShare>> shares;  // outlive the leases
  std::vector<MemoryLease> held;
  for (int client = 0; client < 8; ++client) {
    MemoryLease lease(budget, shares.emplace_back(std::make_unique<MemoryShare>()).get(), nullptr);
    std::size_t got = 0;
    while (lease.grow(1024)) got += 1024;
    EXPECT_NEAR(static_cast<double>(got), (1 << 20) / std::pow(2, client + 1), 1024) << client;
    held.push_back(std::move(lease));
  }
}

TEST(MemoryBudgetTest, AKeyOfWeightFourHoldsFourFifths) {
  MemoryBudget budget(100);
  MemoryShare key(4);
  MemoryLease lease(budget, nullptr, &key);
  EXPECT_TRUE(lease.grow(80));
  EXPECT_FALSE(lease.grow(1));
}

TEST(MemoryBudgetTest, TellsWhatCanNeverFitFromWhatDoesNotFitNow) {
  MemoryBudget budget(100);
  MemoryShare address, key(4);
  MemoryLease other = lease_of(budget);
  ASSERT_TRUE(other.grow(70));
  MemoryLease lease(budget, &address, &key);
  EXPECT_FALSE(lease.grow(50));
  EXPECT_FALSE(lease.can_never_grow(50));
  EXPECT_TRUE(lease.can_never_grow(51));
  EXPECT_TRUE(lease.can_never_grow(std::numeric_limits<std::size_t>::max()));
}

TEST(MemoryBudgetTest, AddressesOfOneNetworkAreOneClientAndOthersHardlyEver) {
  MemoryBudget budget(100);
  std::array<unsigned char, 16> v6{0x20, 1, 0xD, 0xB8, 0, 0, 0, 1};
  MemoryShare& home = budget.share_of(v6);
  v6[15] = 99;
  EXPECT_EQ(&budget.share_of(v6), &home);
  std::set<const MemoryShare*> shares;
  for (unsigned char i = 0; i < 200; ++i) {
    const std::array<unsigned char, 4> v4{10, 0, 0, i};
    shares.insert(&budget.share_of(v4));
  }
  EXPECT_GT(shares.size(), 180U);
}

TEST(MemoryBudgetTest, ALeaseOfNoBudgetGivesWhateverIsAskedFor) {
  MemoryLease lease;
  EXPECT_TRUE(lease.grow(1000));
  EXPECT_EQ(lease.bytes(), 1000U);
  EXPECT_FALSE(lease.can_never_grow(std::numeric_limits<std::size_t>::max()));
}

TEST(MemoryBudgetTest, ThreadsTogetherStayWithinIt) {
  constexpr std::size_t kCapacity = 10;
  MemoryBudget budget(kCapacity);
  MemoryShare address, key(4);
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        MemoryLease lease(budget, &address, &key);
        (void)lease.grow(3);
        if (budget.in_use() > kCapacity) exceeded = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.in_use(), 0U);
  EXPECT_EQ(address.in_use(), 0U);
  EXPECT_EQ(key.in_use(), 0U);
}

// What a batch allocates
// ------------------------------------------------------------------------------------------

TEST(BatchMemoryTest, IsOnLeaseWhileTheBatchLives) {
  MemoryBudget budget(std::size_t{1} << 20);
  {
    Batch batch{lease_of(budget)};
    batch.events.resize(100);
    EXPECT_GE(budget.in_use(), 100 * sizeof(Event));
    batch.fields.resize(1000);
    batch.allocate(50000);
    EXPECT_GE(budget.in_use(), 100 * sizeof(Event) + 1000 * sizeof(Field) + 50000);
  }
  EXPECT_EQ(budget.in_use(), 0U);
}

TEST(BatchMemoryTest, ThrowsBeforeItTakesMoreThanThereIs) {
  MemoryBudget budget(10000);
  Batch batch{lease_of(budget)};
  EXPECT_THROW(batch.allocate(std::size_t{1} << 40), OutOfMemoryBudget);
  EXPECT_THROW(batch.fields.resize(1000), OutOfMemoryBudget);
  EXPECT_LE(budget.in_use(), 10000U);
}

}  // namespace
}  // namespace penstock::gateway
