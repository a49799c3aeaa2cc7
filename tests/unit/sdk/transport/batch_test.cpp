// Goal: a batch is due when the options say so, and what is read again is what was not settled.
// Method: a real journal, and no network.
#include "transport/batch.hpp"

#include <gmock/gmock.h>

#include <string>

#include "support/temp_directory.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BatchTest : public ::testing::Test {
 protected:
  BatchTest() {
    options_.directory = directory_.path();
    options_.batch_events_max = 4;
    options_.batch_bytes_max = 1000;
    options_.batch_age_max = hours(1);
    auto source = take_own(options_);
    EXPECT_TRUE(source) << source.status().message();
    source_.emplace(*std::move(source));
  }
  Batch make(Batch::Filling filling = Batch::Filling::kWaits) {
    Batch batch(options_);
    batch.collect_from(*source_, filling);
    return batch;
  }
  void append(int events, std::size_t bytes = 10) {
    for (int i = 0; i < events; ++i)
      ASSERT_EQ(source_->journal->writer().append(std::string(bytes, 'x')).code, StatusCode::kOk);
  }
  static std::vector<std::uint64_t> seqs(const Batch& batch) {
    std::vector<std::uint64_t> all;
    for (const auto& record : batch.records()) all.push_back(record.seq);
    return all;
  }

  test::TempDirectory directory_;
  Options options_;
  std::optional<Source> source_;
};

TEST_F(BatchTest, AnEmptyOneIsNeverDue) {
  Batch batch = make(Batch::Filling::kAtOnce);
  batch.read_more();
  EXPECT_FALSE(batch.is_due(1'000'000));
  EXPECT_EQ(batch.due_at(), Clock::time_point::max());
  EXPECT_EQ(batch.seq_to_wake_at(), 1u);
}

TEST_F(BatchTest, ItIsDueWhenItHasTheMostEvents) {
  Batch batch = make();
  append(3);
  batch.read_more();
  EXPECT_FALSE(batch.is_due(0));
  EXPECT_EQ(batch.seq_to_wake_at(), 4u);
  append(2);
  batch.read_more();
  EXPECT_TRUE(batch.is_due(0));
  EXPECT_THAT(seqs(batch), ElementsAre(1, 2, 3, 4));
}

TEST_F(BatchTest, ItIsDueWhenItHasTheMostBytes) {
  Batch batch = make();
  append(1, 500);
  batch.read_more();
  EXPECT_FALSE(batch.is_due(0));
  EXPECT_EQ(batch.seq_to_wake_at(), 2u) << "as large as the first, it fills the batch";
  append(1, 500);
  batch.read_more();
  EXPECT_TRUE(batch.is_due(0));
}

TEST_F(BatchTest, ItIsDueAtItsAge) {
  options_.batch_age_max = milliseconds(0);
  Batch batch = make();
  append(1);
  batch.read_more();
  EXPECT_TRUE(batch.is_due(0));
  EXPECT_LE(batch.due_at(), Clock::now());
}

TEST_F(BatchTest, AFlushOfItsFirstEventMakesItDue) {
  Batch batch = make();
  append(2);
  batch.read_more();
  EXPECT_FALSE(batch.is_due(0));
  EXPECT_TRUE(batch.is_due(1));
  EXPECT_TRUE(batch.is_due(9));
}

TEST_F(BatchTest, WhatNobodyWritesToWaitsForNothing) {
  append(1);
  Batch batch = make(Batch::Filling::kAtOnce);
  batch.read_more();
  EXPECT_TRUE(batch.is_due(0));
}

TEST_F(BatchTest, WhatWasInARequestBeforeWaitsNoMore) {
  Batch batch = make();
  append(2);
  batch.read_more();
  batch.request_begins();
  batch.begin_again();
  EXPECT_TRUE(batch.empty());
  batch.read_more();
  EXPECT_THAT(seqs(batch), ElementsAre(1, 2));
  EXPECT_TRUE(batch.is_due(0));
}

TEST_F(BatchTest, WhatIsSettledIsNotReadAgain) {
  Batch batch = make();
  append(3);
  batch.read_more();
  EXPECT_EQ(batch.settle(journal::Fate::kAcknowledged, {}), 3u);
  append(1);
  batch.begin_again();
  batch.read_more();
  EXPECT_THAT(seqs(batch), ElementsAre(4));
}

TEST_F(BatchTest, OneThatWasTooLargeIsHalvedAndGrowsBack) {
  Batch batch = make();
  append(9);
  batch.read_more();
  batch.halve();
  batch.read_more();
  EXPECT_THAT(seqs(batch), ElementsAre(1, 2));
  for (int i = 0; i < 3; ++i) batch.grow();
  batch.begin_again();
  batch.read_more();
  EXPECT_THAT(seqs(batch), ElementsAre(1, 2, 3, 4)) << "not above batch_events_max";
}

TEST_F(BatchTest, APurgeMakesItOutdatedAndItsSettlementVoid) {
  Batch batch = make();
  append(2);
  batch.read_more();
  EXPECT_FALSE(batch.is_outdated());
  ASSERT_TRUE(
      source_->journal->purge(wire::DropReason::kForgotten, journal::Journal::InstallId::kNew));
  EXPECT_TRUE(batch.is_outdated());
  EXPECT_EQ(batch.settle(journal::Fate::kAcknowledged, {}), 0u);
  batch.begin_again();
  EXPECT_FALSE(batch.is_outdated());
  batch.read_more();
  EXPECT_THAT(seqs(batch), IsEmpty());
}

TEST_F(BatchTest, OldEventsAreGivenUp) {
  ASSERT_EQ(
      source_->journal->writer().append("old", journal::RecordInfo(wire::TypeId::kOther, 100)).code,
      StatusCode::kOk);
  ASSERT_EQ(
      source_->journal->writer().append("new", journal::RecordInfo(wire::TypeId::kOther, 200)).code,
      StatusCode::kOk);
  Batch batch = make();
  EXPECT_EQ(batch.give_up_expired(-5), 0u) << "before 1970 there are none";
  EXPECT_EQ(batch.give_up_expired(150), 1u);
  batch.read_more();
  EXPECT_THAT(seqs(batch), ElementsAre(2));
}

}  // namespace
}  // namespace penstock::transport
