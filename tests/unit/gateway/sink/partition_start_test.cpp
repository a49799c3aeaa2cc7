// Goal: no record overtakes the first one of its partition, and none waits for longer than that.
#include "sink/partition_start.hpp"

#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

class PartitionStartTest : public testing::Test {
 protected:
  PartitionStartTest() { start_.set_count(2); }
  PartitionStart start_;
};

TEST_F(PartitionStartTest, OthersGoOnceTheFirstIsAcknowledged) {
  EXPECT_TRUE(start_.may_go(0));
  EXPECT_FALSE(start_.may_go(0));
  EXPECT_TRUE(start_.may_go(1));
  start_.reported(0, true);
  EXPECT_TRUE(start_.may_go(0));
  EXPECT_TRUE(start_.may_go(0));
  EXPECT_FALSE(start_.may_go(1));
}

TEST_F(PartitionStartTest, AFirstOneThatFailsLetsAnotherBeTheFirst) {
  EXPECT_TRUE(start_.may_go(0));
  start_.reported(0, false);
  EXPECT_TRUE(start_.may_go(0));
  EXPECT_FALSE(start_.may_go(0));
  start_.reported(-1, false);
  EXPECT_TRUE(start_.may_go(0));
}

TEST_F(PartitionStartTest, AFailureLaterOnChangesNothing) {
  EXPECT_TRUE(start_.may_go(0));
  start_.reported(0, true);
  start_.reported(0, false);
  EXPECT_TRUE(start_.may_go(0));
  EXPECT_TRUE(start_.may_go(0));
}

TEST_F(PartitionStartTest, IsOverWhenEachPartitionKnowsTheProducerUntilThereAreMore) {
  start_.reported(0, true);
  EXPECT_FALSE(start_.over());
  start_.reported(1, true);
  EXPECT_TRUE(start_.over());
  start_.set_count(3);
  EXPECT_FALSE(start_.over());
  EXPECT_TRUE(start_.may_go(2));
  EXPECT_FALSE(start_.may_go(2));
  start_.set_count(2);
  EXPECT_EQ(start_.count(), 3);
}

TEST_F(PartitionStartTest, PartitionsThatNobodyKnowsOfHoldNothingUp) {
  EXPECT_TRUE(start_.may_go(7));
  EXPECT_TRUE(start_.may_go(7));
  start_.reported(7, true);
  EXPECT_FALSE(start_.over());
}

}  // namespace
}  // namespace penstock::gateway
