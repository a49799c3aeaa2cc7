// Goal: what append() returned ok for is read in order, until it is acknowledged, and never again.
// Method: one thread, small segments, reopened as often as one likes. (Several threads:
// concurrency_test.cpp. Damage: recovery_test.cpp.)
#include "journal/journal.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <numeric>

#include "journal_folder.hpp"

namespace penstock::journal::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class JournalTest : public JournalFolder {
 protected:
  JournalTest() { open(); }

  // Returns how many there was room for.
  std::size_t append_until_refused(const std::string& record) {
    for (std::size_t count = 0;; ++count) {
      refusal_ = journal_->writer().append(record).code;
      if (refusal_ != StatusCode::kOk) return count;
    }
  }
  StatusCode refusal_ = StatusCode::kOk;
};

TEST_F(JournalTest, RecordsAreReadInTheOrderInWhichTheyWereAppended) {
  const auto records = numbered_records(500);
  append_all(records);
  EXPECT_EQ(payloads(*journal_), records);
  EXPECT_THAT(payloads(*journal_), IsEmpty());
}

TEST_F(JournalTest, SequenceNumbersCountUpFromOne) {
  append_all({"a", "b", "c"});
  EXPECT_THAT(seqs(*journal_), ElementsAre(1, 2, 3));
  EXPECT_EQ(journal_->last_seq(), 3u);
}

TEST_F(JournalTest, ReadStopsAtTheNumberOfRecordsAndAtTheirBytes) {
  append_all({"aaaa", "bbbb", "cccc"});
  std::vector<Record> out;
  EXPECT_EQ(journal_->reader().read(2, 1000, out), 2u);
  journal_->reader().rewind();
  EXPECT_EQ(journal_->reader().read(100, 8, out), 2u);
  journal_->reader().rewind();
  EXPECT_EQ(journal_->reader().read(100, 7, out), 1u);
  EXPECT_EQ(journal_->reader().read(100, 1, out), 1u);  // the first always fits
  EXPECT_EQ(out.back().payload, "bbbb");
}

TEST_F(JournalTest, RewindReadsAgainWhatIsNotAcknowledged) {
  append_all({"a", "b", "c"});
  read(*journal_);
  journal_->reader().settle(1, Fate::kAcknowledged);
  journal_->reader().rewind();
  EXPECT_THAT(seqs(*journal_), ElementsAre(2, 3));
  EXPECT_EQ(journal_->reader().acknowledged_seq(), 1u);
  EXPECT_EQ(journal_->reader().pending(), 2u);
}

TEST_F(JournalTest, WhatIsNotAcknowledgedIsReadByTheNextOpen) {
  const auto records = numbered_records(3000);  // in several segments
  append_all(records);
  read(*journal_);
  journal_->reader().settle(1234, Fate::kAcknowledged);
  const std::string install_id = journal_->install_id();
  open();
  EXPECT_EQ(journal_->reader().recovery().records, 3000u - 1234u);
  EXPECT_EQ(journal_->reader().recovery().torn_records, 0u);
  EXPECT_EQ(journal_->reader().acknowledged_seq(), 1234u);
  EXPECT_EQ(journal_->reader().pending(), 3000u - 1234u);
  EXPECT_EQ(journal_->install_id(), install_id);
  const auto read_back = payloads(*journal_);
  EXPECT_EQ(read_back, std::vector<std::string>(records.begin() + 1234, records.end()));
}

TEST_F(JournalTest, SequenceNumbersGoOnAfterEachOpenAlsoOfAnEmptyJournal) {
  for (std::uint64_t run = 0; run < 50; ++run) {
    ASSERT_EQ(journal_->writer().append("x").seq, 2 * run + 1);
    read(*journal_);
    journal_->reader().settle(2 * run + 1, Fate::kAcknowledged);
    ASSERT_EQ(journal_->writer().append("y").seq, 2 * run + 2);
    if (run % 2 == 0) {
      read(*journal_);
      journal_->reader().settle(2 * run + 2, Fate::kAcknowledged);
    }
    open();
    ASSERT_EQ(journal_->last_seq(), 2 * run + 2);
    ASSERT_EQ(journal_->reader().pending(), run % 2);
  }
}

TEST_F(JournalTest, SegmentsOfWhatIsAcknowledgedAreDeleted) {
  append_all(numbered_records(5000));
  const std::uint64_t full = journal_->disk_bytes();
  EXPECT_GT(segments(folder()).size(), 3u);
  read(*journal_);
  journal_->reader().settle(5000, Fate::kAcknowledged);
  EXPECT_EQ(segments(folder()).size(), 1u);
  EXPECT_LT(journal_->disk_bytes(), full);
  EXPECT_EQ(journal_->reader().pending(), 0u);
}

TEST_F(JournalTest, AFullBudgetRefusesAndCountsNothingAsKeptUntilSomethingIsAcknowledged) {
  const std::string record(1000, 'r');
  const std::size_t kept = append_until_refused(record);
  EXPECT_EQ(refusal_, StatusCode::kStorageFull);
  EXPECT_LE(journal_->disk_bytes(), options_.disk_bytes_max);
  EXPECT_GT(kept, 900u);
  EXPECT_EQ(journal_->reader().pending(), kept);
  EXPECT_EQ(append_until_refused(record), 0u);

  EXPECT_EQ(read(*journal_).size(), kept);
  journal_->reader().settle(kept, Fate::kAcknowledged);
  EXPECT_GT(append_until_refused(record), kept / 2);
  EXPECT_EQ(read(*journal_).front().seq, kept + 1);  // refused ones took no number
}

TEST_F(JournalTest, AFullJournalIsReadByTheNextOpenAndEmptied) {
  const std::size_t kept = append_until_refused(std::string(1000, 'r'));
  open();
  EXPECT_EQ(journal_->writer().append(std::string(1000, 'r')).code, StatusCode::kStorageFull);
  EXPECT_EQ(read(*journal_).size(), kept);
  journal_->reader().settle(kept, Fate::kAcknowledged);
  EXPECT_EQ(journal_->writer().append("x").seq, kept + 1);
}

TEST_F(JournalTest, ARecordOfTheLargestSizeFitsAndOneMoreByteDoesNot) {
  EXPECT_EQ(journal_->writer().append(std::string(options_.payload_bytes_max, 'x')).code,
            StatusCode::kOk);
  EXPECT_EQ(journal_->writer().append(std::string(options_.payload_bytes_max + 1, 'x')).code,
            StatusCode::kTooLarge);
  EXPECT_EQ(journal_->writer().append("").code, StatusCode::kOk);
  open();
  EXPECT_EQ(journal_->reader().pending(), 2u);
}

TEST_F(JournalTest, AFileThatIsDeletedUnderTheJournalIsMissedUntilItHasMoved) {
  append_all({"a", "b"});
  EXPECT_FALSE(journal_->is_gone());
  for (const std::string deleted : {"ledger", ".seg"}) {
    std::filesystem::path now = folder();
    for (const auto& entry : std::filesystem::directory_iterator(now)) {
      if (entry.path().string().ends_with(deleted)) std::filesystem::remove(entry.path());
    }
    EXPECT_TRUE(journal_->is_gone());
    const auto next = directory_ / "next";
    std::filesystem::create_directory(next);
    ASSERT_TRUE(journal_->move_to(next).ok());
    EXPECT_FALSE(journal_->is_gone());
    std::filesystem::remove_all(now);
    std::filesystem::rename(next, now);  // where the next round looks
  }
  EXPECT_EQ(journal_->writer().append("c").seq, 3u);
  open();
  EXPECT_THAT(payloads(*journal_), ElementsAre("a", "b", "c"));
}

TEST_F(JournalTest, AfterRefuseAppendsNothingIsTakenAndAllIsRead) {
  append_all({"a", "b"});
  journal_->writer().refuse_appends();
  EXPECT_EQ(journal_->writer().append("c").code, StatusCode::kClosed);
  journal_->writer().refuse_appends();
  EXPECT_THAT(payloads(*journal_), ElementsAre("a", "b"));
  open();
  EXPECT_EQ(journal_->writer().append("c").seq, 3u);
}

TEST_F(JournalTest, ThePreparedSegmentIsUsedAndDoesNotOutliveTheJournal) {
  append_all(numbered_records(700));
  journal_->maintain();
  journal_->maintain();
  const std::uint64_t prepared = journal_->disk_bytes();
  EXPECT_EQ(prepared, 2 * options_.segment_bytes);
  append_all(numbered_records(300));
  EXPECT_EQ(journal_->disk_bytes(), prepared);
  journal_->maintain();
  journal_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    EXPECT_TRUE(entry.path().extension() == ".seg" || entry.path().filename() == "ledger")
        << entry.path();
}

TEST_F(JournalTest, AClosedJournalTakesNoMoreThanItHolds) {
  append_all({"a", "b"});
  journal_.reset();
  EXPECT_LT(std::filesystem::file_size(segments(folder()).front()), 200u);
  journal_ = open(folder());
  append_all(numbered_records(3000));
  EXPECT_EQ(payloads(*journal_).size(), 3002u);
}

TEST_F(JournalTest, SyncForcesEverySegment) {
  append_all(numbered_records(3000));
  EXPECT_TRUE(journal_->reader().sync().ok());
  read(*journal_);
  journal_->reader().settle(2999, Fate::kAcknowledged);
  EXPECT_TRUE(journal_->reader().sync().ok());
}

TEST_F(JournalTest, AJournalOfOtherSizesIsTakenOver) {
  append_all(numbered_records(2000));
  options_ = {8 * 1024 * 1024, 1024 * 1024, 256 * 1024};
  open();
  EXPECT_EQ(journal_->writer().append(std::string(256 * 1024, 'x')).seq, 2001u);
  options_ = {1024 * 1024, 64 * 1024, 16 * 1024};
  open();
  EXPECT_EQ(read(*journal_).size(), 2001u);
}

TEST_F(JournalTest, TwoJournalsHaveInstallIdsOfTheirOwn) {
  std::filesystem::create_directory(directory_ / "other");
  EXPECT_NE(open(directory_ / "other")->install_id(), journal_->install_id());
}

// A limit on the size of files stands for a full file system; to grow beyond it would be a SIGXFSZ.
TEST_F(JournalTest, AFullFileSystemIsStorageFullAndWhatWasKeptStays) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);

  const std::size_t kept = append_until_refused(std::string(1000, 'r'));
  EXPECT_EQ(refusal_, StatusCode::kStorageFull);
  std::filesystem::create_directory(directory_ / "other");
  EXPECT_EQ(Journal::open(directory_ / "other", options_).status().code(),
            StatusCode::kStorageFull);
  open();  // without room to grow: it is still read
  EXPECT_EQ(journal_->reader().pending(), kept);
  EXPECT_EQ(journal_->writer().append("x").code, StatusCode::kStorageFull);

  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(journal_->writer().append("x").seq, kept + 1);
  EXPECT_EQ(read(*journal_).size(), kept + 1);
}

TEST_F(JournalTest, ARelativeFolderStaysTheSameWhenTheProgramGoesElsewhere) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_.path());
  journal_.reset();
  journal_ = open("journal");
  std::filesystem::current_path("/");
  append_all(numbered_records(3000));
  read(*journal_);
  journal_->reader().settle(3000, Fate::kAcknowledged);
  EXPECT_EQ(segments(folder()).size(), 1u);
  std::filesystem::current_path(before);
}

TEST_F(JournalTest, AFolderThatIsGoneIsSaid) {
  const auto opened = Journal::open(directory_ / "missing", options_);
  EXPECT_EQ(opened.status().code(), StatusCode::kIo);
  EXPECT_THAT(opened.status().message(), ::testing::HasSubstr("missing"));
}

}  // namespace
}  // namespace penstock::journal::test
