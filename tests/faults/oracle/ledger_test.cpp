// Goal: the oracle can fail: it sees each kind of broken promise, and none where there is none.
// Method: claims and records made by hand.
#include "faults/oracle/ledger.hpp"

#include <gmock/gmock.h>

namespace penstock::oracle {
namespace {

// Records of one stream in one partition: eventId and seq follow from the number.
Seen seen(std::uint64_t number) {
  return {"run", number, "id-" + std::to_string(number), "install", number, "user-activity", 0};
}

TEST(OracleLedgerTest, EverythingReturnedAndOnceThereIsKept) {
  const Verdict verdict = compare({{"run", 3, 3}}, {seen(1), seen(2), seen(3)});
  EXPECT_TRUE(verdict.kept());
  EXPECT_EQ(verdict.claimed, 3u);
  EXPECT_EQ(verdict.distinct, 3u);
}

TEST(OracleLedgerTest, DuplicatesOfOneEventIdAreOneEvent) {
  const Verdict verdict = compare({{"run", 2, 2}}, {seen(1), seen(2), seen(1), seen(2)});
  EXPECT_TRUE(verdict.kept());
  EXPECT_EQ(verdict.duplicates, 2u);
}

TEST(OracleLedgerTest, AnEventWhoseTrackWasKilledMayBeThereOrNot) {
  EXPECT_TRUE(compare({{"run", 2, 1}}, {seen(1)}).kept());
  const Verdict verdict = compare({{"run", 2, 1}}, {seen(1), seen(2)});
  EXPECT_TRUE(verdict.kept());
  EXPECT_EQ(verdict.unclaimed, 1u);
}

TEST(OracleLedgerTest, AMissingEventIsFound) {
  const Verdict verdict = compare({{"run", 3, 3}}, {seen(1), seen(3)});
  EXPECT_EQ(verdict.missing, 1u);
  EXPECT_FALSE(verdict.kept());
  EXPECT_THAT(verdict.examples, ::testing::ElementsAre("run #2 is missing"));
}

TEST(OracleLedgerTest, AnInventedEventIsFound) {
  EXPECT_EQ(compare({{"run", 1, 1}}, {seen(1), seen(2)}).invented, 1u);
  Seen stranger = seen(1);
  stranger.stream = "stranger";
  EXPECT_EQ(compare({{"run", 0, 0}}, {stranger}).invented, 1u);
}

TEST(OracleLedgerTest, OneEventUnderTwoIdsIsFound) {
  Seen again = seen(1);
  again.event_id = "id-other";
  again.seq = 9;
  EXPECT_EQ(compare({{"run", 1, 1}}, {seen(1), again}).two_ids, 1u);
}

TEST(OracleLedgerTest, OneIdForTwoEventsIsFound) {
  Seen clash = seen(2);
  clash.event_id = "id-1";
  const Verdict verdict = compare({{"run", 2, 2}}, {seen(1), clash});
  EXPECT_EQ(verdict.two_ids, 1u);
  EXPECT_EQ(verdict.missing, 1u);
}

TEST(OracleLedgerTest, DisorderWithinAPartitionIsFound) {
  EXPECT_EQ(compare({{"run", 2, 2}}, {seen(2), seen(1)}).disordered, 1u);
  Seen elsewhere = seen(1);
  elsewhere.partition = 1;
  EXPECT_TRUE(compare({{"run", 2, 2}}, {seen(2), elsewhere}).kept());
}

}  // namespace
}  // namespace penstock::oracle
