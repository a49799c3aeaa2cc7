// Goal: the merged order is that of time, and does not depend on how items arrive. Method: the same
// items, arriving in orders that a seed chooses.
#include "time_merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace penstock::ctl {
namespace {

using ::testing::ElementsAre;

using Merged = std::vector<std::pair<std::int32_t, int>>;  // partition, number in it

TEST(TimeMerge, WaitsForEachPartitionThatHasNotEnded) {
  TimeMerge<std::unique_ptr<int>> merge({0, 1});
  merge.add(0, 10, std::make_unique<int>(1));
  EXPECT_FALSE(merge.next().has_value());
  merge.add(1, 5, std::make_unique<int>(2));
  EXPECT_EQ(**merge.next(), 2);
  EXPECT_FALSE(merge.next().has_value());  // partition 1 may bring an earlier one
  merge.end(1);
  EXPECT_EQ(**merge.next(), 1);
  EXPECT_TRUE(merge.empty());
  EXPECT_FALSE(merge.next().has_value());
}

TEST(TimeMerge, EqualTimesGoByPartitionAndEachPartitionKeepsItsOrder) {
  TimeMerge<int> merge({2, 7});
  merge.add(7, 10, 1);
  merge.add(7, 10, 2);
  merge.add(2, 10, 3);
  merge.add(2, 4, 4);  // out of order within: stays behind its neighbour
  merge.end(2);
  merge.end(7);
  std::vector<int> order;
  while (const auto item = merge.next()) order.push_back(*item);
  EXPECT_THAT(order, ElementsAre(3, 4, 1, 2));
}

TEST(TimeMerge, TheOrderDoesNotDependOnHowItemsArrive) {
  constexpr int kPartitions = 5, kItems = 200;
  constexpr unsigned kSeed = 4711;
  std::mt19937 random(kSeed);
  std::vector<std::vector<std::int64_t>> times(kPartitions);
  for (auto& partition : times)
    for (int i = 0; i < kItems; ++i) partition.push_back(static_cast<std::int64_t>(random() % 500));
  Merged first;
  for (int round = 0; round < 20; ++round) {
    TimeMerge<std::pair<std::int32_t, int>> merge({0, 1, 2, 3, 4});
    std::vector<int> added(kPartitions);
    Merged merged;
    for (int left = kPartitions * kItems; left > 0;) {
      const auto p = random() % kPartitions;
      if (added[p] < kItems) {
        const auto partition = static_cast<std::int32_t>(p);
        merge.add(partition, times[p][static_cast<std::size_t>(added[p])], {partition, added[p]});
        if (++added[p] == kItems) merge.end(partition);
        --left;
      }
      while (random() % 3 != 0) {
        const auto item = merge.next();
        if (!item) break;
        merged.push_back(*item);
      }
    }
    while (const auto item = merge.next()) merged.push_back(*item);
    EXPECT_EQ(merged.size(), static_cast<std::size_t>(kPartitions * kItems));
    if (round == 0) first = merged;
    EXPECT_EQ(merged, first) << "seed " << kSeed << ", round " << round;
  }
}

}  // namespace
}  // namespace penstock::ctl
