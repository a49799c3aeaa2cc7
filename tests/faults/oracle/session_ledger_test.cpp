// Goal: the oracle sees each way in which a session can be broken, and none where there is none.
#include "faults/oracle/session_ledger.hpp"

#include <gmock/gmock.h>

namespace penstock::oracle {
namespace {

const SessionRecord kStart{"s", "id-1", ""};
const SessionRecord kEnd{"s", "id-2", "closed"};
const SessionRecord kOtherEnd{"s", "id-3", "killed"};

TEST(OracleSessionsTest, OneStartAndOneEndAreWhole) {
  const SessionVerdict verdict = compare_sessions({kStart, kEnd, kStart, kEnd});
  EXPECT_EQ(verdict.started, 1u);
  EXPECT_EQ(verdict.ended.at("closed"), 1u);
  EXPECT_EQ(verdict.broken(), 0u);
}

TEST(OracleSessionsTest, WhatIsMissingIsFound) {
  EXPECT_EQ(compare_sessions({kStart}).without_end, 1u);
  EXPECT_EQ(compare_sessions({kEnd}).without_start, 1u);
}

TEST(OracleSessionsTest, WhatIsThereTwiceIsFound) {
  EXPECT_EQ(compare_sessions({kStart, kEnd, kOtherEnd}).ended_twice, 1u);
  EXPECT_EQ(compare_sessions({kStart, {"s", "id-4", ""}, kEnd}).started_twice, 1u);
}

}  // namespace
}  // namespace penstock::oracle
