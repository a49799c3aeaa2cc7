// Goal: recorded = settled + pending, by type, whatever is killed when.
#include "journal/ledger.hpp"

#include <fstream>
#include <numeric>

#include "journal_folder.hpp"

namespace penstock::journal {
namespace {

using wire::DropReason;
using wire::TypeId;

class LedgerTest : public test::JournalFolder {
 protected:
  LedgerTest() { open(); }

  void append(TypeId type, int count, std::uint32_t recorded_at = 1'700'000'000) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(journal_->writer().append(R"({"n":1})", {type, recorded_at}).code, StatusCode::kOk);
  }
  std::uint64_t settled(TypeId type, Fate fate) const {
    return journal_->reader().counts().settled[code_of(type)][code_of(fate)];
  }
  std::uint64_t pending(TypeId type) const {
    return journal_->reader().counts().pending[code_of(type)];
  }
  static std::uint64_t all(Journal& journal) {
    const Counts counts = journal.reader().counts();
    std::uint64_t sum = std::accumulate(counts.pending.begin(), counts.pending.end(), 0ULL);
    for (const auto& of_type : counts.settled)
      sum = std::accumulate(of_type.begin(), of_type.end(), sum);
    return sum;
  }
};

TEST_F(LedgerTest, CountsByTypeAndOutcomeOutliveTheJournal) {
  append(TypeId::kClick, 5);
  append(TypeId::kError, 2);
  read(*journal_);
  EXPECT_EQ(journal_->reader().settle(6, Fate::kAcknowledged, std::vector<std::uint64_t>{2, 6}),
            6u);
  for (int run = 0; run < 2; ++run, open()) {
    EXPECT_EQ(settled(TypeId::kClick, Fate::kAcknowledged), 4u);
    EXPECT_EQ(settled(TypeId::kClick, Fate::kRejected), 1u);
    EXPECT_EQ(settled(TypeId::kError, Fate::kRejected), 1u);
    EXPECT_EQ(pending(TypeId::kError), 1u);
    EXPECT_EQ(all(*journal_), 7u);
  }
}

TEST_F(LedgerTest, RefusalsAndWhatWasReportedOutliveTheJournal) {
  journal_->ledger().refuse(DropReason::kInvalid, TypeId::kClick);
  journal_->ledger().refuse(DropReason::kInvalid, TypeId::kOther);
  append(TypeId::kClick, 1);
  read(*journal_);
  journal_->reader().settle(1, wire::DropReason::kTooLargeForGateway);
  const DropTotals dropped = journal_->ledger().dropped();
  EXPECT_EQ(dropped.of(DropReason::kInvalid), 2u);
  EXPECT_EQ(dropped.of(DropReason::kTooLargeForGateway), 1u);
  EXPECT_EQ(journal_->ledger().reported(), DropTotals{});
  journal_->ledger().report(dropped);
  open();
  EXPECT_EQ(journal_->ledger().dropped(), dropped);
  EXPECT_EQ(journal_->ledger().reported(), dropped);
}

// A kill between the ledger and the segment: the copy of the ledger is newer than that of the
// segments.
TEST_F(LedgerTest, WhatTheLedgerHasSettledIsNotSentAgainThoughTheSegmentDoesNotSaySo) {
  append(TypeId::kClick, 10);
  const auto before = copy_as_killed_now();
  read(*journal_);
  journal_->reader().settle(4, Fate::kAcknowledged);
  std::filesystem::copy_file(folder() / "ledger", before / "ledger",
                             std::filesystem::copy_options::overwrite_existing);
  const auto killed = open(before);
  EXPECT_EQ(killed->reader().pending(), 6u);
  EXPECT_EQ(seqs(*killed), (std::vector<std::uint64_t>{5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(all(*killed), 10u);
}

TEST_F(LedgerTest, AHalfWrittenCopyLeavesTheOneBefore) {
  append(TypeId::kClick, 3);
  read(*journal_);
  journal_->reader().settle(1, Fate::kAcknowledged);
  const auto one = copy_as_killed_now();
  journal_->reader().settle(2, Fate::kAcknowledged);
  const auto two = copy_as_killed_now();
  // Every prefix of the bytes that the second transaction changed, in the order of the file.
  const auto bytes_of = [](const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string from = bytes_of(one / "ledger"), to = bytes_of(two / "ledger");
  ASSERT_EQ(from.size(), to.size());
  std::string torn = from;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] == to[i]) continue;
    torn[i] = to[i];
    if (torn == to) break;
    std::ofstream(one / "ledger", std::ios::binary) << torn;
    ASSERT_EQ(all(*open(one)), 3u) << "with the change up to byte " << i;
  }
}

TEST_F(LedgerTest, ADamagedLedgerIsSetAsideAndCostsNoEvent) {
  append(TypeId::kClick, 3);
  journal_.reset();
  std::ofstream(folder() / "ledger", std::ios::binary) << std::string(4096, 'x');
  open();
  EXPECT_EQ(journal_->reader().pending(), 3u);
  EXPECT_EQ(all(*journal_), 3u);
  EXPECT_TRUE(std::filesystem::exists(folder() / "ledger.bad"));
}

TEST_F(LedgerTest, EventsOverTheAgeLimitAreGivenUpUpToTheFirstYoungerOne) {
  append(TypeId::kClick, 2, 1000);
  append(TypeId::kError, 1, 2000);
  append(TypeId::kClick, 1, 1000);
  EXPECT_EQ(journal_->reader().give_up_expired(1000), 0u);
  EXPECT_EQ(journal_->reader().give_up_expired(1001), 2u);
  EXPECT_EQ(settled(TypeId::kClick, wire::DropReason::kExpired), 2u);
  EXPECT_EQ(seqs(*journal_), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(journal_->reader().give_up_expired(0), 0u);
}

// --- Purge --------------------------------------------------------------------------------------

TEST_F(LedgerTest, APurgeLeavesNothingOnTheDiskAndNumbersGoOn) {
  append_all(test::numbered_records(3000));  // several segments
  read(*journal_);
  journal_->reader().settle(100, Fate::kAcknowledged);
  const std::string install_id = journal_->install_id();
  ASSERT_TRUE(journal_->purge(wire::DropReason::kConsentDenied, Journal::InstallId::kKept).ok());
  EXPECT_EQ(journal_->reader().pending(), 0u);
  EXPECT_EQ(journal_->reader().epoch(), 1u);
  EXPECT_EQ(all(*journal_), 3000u);
  EXPECT_EQ(settled(TypeId::kOther, wire::DropReason::kConsentDenied), 2900u);
  for (const auto& segment : segments(folder())) {
    std::ifstream in(segment, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(bytes.find("{\"n\":"), std::string::npos) << segment;
  }
  EXPECT_EQ(journal_->writer().append("after").seq, 3001u);
  EXPECT_EQ(payloads(*journal_), std::vector<std::string>{"after"});
  open();
  EXPECT_EQ(journal_->install_id(), install_id);
  EXPECT_EQ(payloads(*journal_), std::vector<std::string>{"after"});
  EXPECT_EQ(journal_->writer().append("next").seq, 3002u);
}

TEST_F(LedgerTest, APurgeOfAnEmptyJournalKeepsItsNumbersToo) {
  append_all({"a", "b"});
  read(*journal_);
  journal_->reader().settle(2, Fate::kAcknowledged);
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(journal_->purge(wire::DropReason::kConsentDenied, Journal::InstallId::kKept).ok());
  EXPECT_EQ(segments(folder()).size(), 1u);
  open();
  EXPECT_EQ(journal_->writer().append("c").seq, 3u);
}

TEST_F(LedgerTest, APurgeWithANewInstallIdKeepsItAfterARestart) {
  append_all({"a"});
  const std::string before = journal_->install_id();
  ASSERT_TRUE(journal_->purge(wire::DropReason::kForgotten, Journal::InstallId::kNew).ok());
  const std::string after = journal_->install_id();
  EXPECT_NE(after, before);
  append_all({"b"});
  open();
  EXPECT_EQ(journal_->install_id(), after);
  EXPECT_EQ(payloads(*journal_), std::vector<std::string>{"b"});
}

TEST_F(LedgerTest, WhatWasReadBeforeAPurgeStaysReadableAndSettlesNothing) {
  append_all({"a", "b"});
  const auto records = read(*journal_);
  ASSERT_TRUE(journal_->purge(wire::DropReason::kConsentDenied, Journal::InstallId::kKept).ok());
  append_all({"c"});
  EXPECT_EQ(records.back().payload, "b");
  EXPECT_EQ(journal_->reader().settle(records.back().seq, Fate::kAcknowledged), 0u);
  EXPECT_EQ(settled(TypeId::kOther, Fate::kAcknowledged), 0u);
  EXPECT_EQ(payloads(*journal_), std::vector<std::string>{"c"});
}

TEST_F(LedgerTest, AJournalAtItsDiskBudgetCanBePurged) {
  while (journal_->writer().append(std::string(1000, 'x')).code == StatusCode::kOk) {
  }
  ASSERT_TRUE(journal_->purge(wire::DropReason::kConsentDenied, Journal::InstallId::kKept).ok());
  EXPECT_EQ(journal_->disk_bytes(), options_.segment_bytes);
  EXPECT_EQ(journal_->writer().append("x").code, StatusCode::kOk);
}

TEST_F(LedgerTest, AClosedJournalIsPurgedAndStaysClosed) {
  append_all({"a"});
  journal_->writer().refuse_appends();
  ASSERT_TRUE(journal_->purge(wire::DropReason::kConsentDenied, Journal::InstallId::kKept).ok());
  EXPECT_EQ(journal_->writer().append("b").code, StatusCode::kClosed);
  open();
  EXPECT_EQ(journal_->reader().pending(), 0u);
  EXPECT_EQ(journal_->writer().append("c").seq, 2u);
}

}  // namespace
}  // namespace penstock::journal
