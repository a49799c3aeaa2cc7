// Goal: threads that append at once, with the sender reading and trimming beside them, lose, double
// and reorder nothing.
// Method: each thread numbers its records; one reader takes them all out. Run under ThreadSanitizer
// too.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "journal_folder.hpp"

namespace penstock::journal::test {
namespace {

constexpr int kThreads = 4;
constexpr int kRecords = 3000;  // of each thread: several segments

class ConcurrencyTest : public JournalFolder {
 protected:
  ConcurrencyTest() { open(); }

  // Appends "<thread>:<number>", trying again while the budget is full, or the folder is gone.
  void append_from(int thread) {
    for (int i = 0; i < kRecords; ++i) {
      const std::string record =
          std::to_string(thread) + ":" + std::to_string(i) + std::string(200, '.');
      while (journal_->writer().append(record).code != StatusCode::kOk) std::this_thread::yield();
      returned_[thread] = i + 1;
    }
  }
  void start_threads() {
    for (int t = 0; t < kThreads; ++t) threads_.emplace_back([this, t] { append_from(t); });
  }
  // Looks at a record as the reader gets it.
  void see(const Record& record) {
    EXPECT_EQ(record.seq, ++last_seq_);
    const auto thread = static_cast<std::size_t>(record.payload[0] - '0');
    EXPECT_EQ(record.payload.substr(2, record.payload.find('.') - 2),
              std::to_string(next_[thread]++));
  }
  void read_until(std::uint64_t seq, bool acknowledges) {
    std::vector<Record> batch;
    while (last_seq_ < seq) {
      batch.clear();
      journal_->maintain();
      if (journal_->reader().read(256, 64 * 1024, batch) == 0) {
        std::this_thread::yield();
        continue;
      }
      for (const Record& record : batch) see(record);
      if (acknowledges) journal_->reader().settle(last_seq_, Fate::kAcknowledged);
    }
  }
  void join() {
    for (auto& thread : threads_) thread.join();
  }

  std::vector<std::thread> threads_;
  std::uint64_t last_seq_ = 0;
  int next_[kThreads] = {};
  std::atomic<int> returned_[kThreads] = {};  // records of each thread
};

TEST_F(ConcurrencyTest, TheReaderGetsEachThreadsRecordsInItsOrderWithoutAGap) {
  start_threads();
  read_until(kThreads * kRecords, /*acknowledges=*/true);
  join();
  EXPECT_EQ(journal_->reader().pending(), 0u);
  EXPECT_EQ(journal_->last_seq(), std::uint64_t{kThreads * kRecords});
  EXPECT_LE(segments(folder()).size(), 2u);
}

TEST_F(ConcurrencyTest, ACountIsNeverAheadOfWhatWasAppended) {
  std::atomic<bool> done{false};
  std::thread observer([&] {
    std::uint64_t last = 0;
    while (!done) {
      const std::uint64_t pending = journal_->reader().pending();
      const std::uint64_t now = journal_->last_seq();
      EXPECT_GE(now, last);
      EXPECT_LE(pending, std::uint64_t{kThreads * kRecords});
      last = now;
    }
  });
  start_threads();
  read_until(kThreads * kRecords, /*acknowledges=*/true);
  join();
  done = true;
  observer.join();
}

TEST_F(ConcurrencyTest, ACopyTakenAtAnyMomentHoldsAllThatHadReturned) {
  options_.disk_bytes_max = 64 * 1024 * 1024;
  open();
  start_threads();
  for (int round = 0; round < 5; ++round) {
    int returned[kThreads];
    for (int t = 0; t < kThreads; ++t) returned[t] = returned_[t];
    const auto journal = open(copy_as_killed_now());
    int found[kThreads] = {};
    for (const Record& record : read(*journal)) {
      const auto thread = static_cast<std::size_t>(record.payload[0] - '0');
      if (std::stoi(std::string(record.payload.substr(2))) < returned[thread]) ++found[thread];
    }
    EXPECT_THAT(found, ::testing::ElementsAreArray(returned));
  }
  join();
}

TEST_F(ConcurrencyTest, MovesBesideAppendsAndReadsLoseNothing) {
  options_.disk_bytes_max = 64 * 1024 * 1024;
  open();
  std::atomic<bool> done{false};
  std::filesystem::path now = folder();
  std::thread mover([&] {
    for (int number = 0; !done; ++number) {
      const auto next = directory_ / ("moved-" + std::to_string(number));
      std::filesystem::create_directory(next);
      std::error_code filled_meanwhile;
      std::filesystem::remove_all(now, filled_meanwhile);
      EXPECT_TRUE(journal_->move_to(next).ok());
      now = next;
      std::this_thread::yield();
    }
  });
  start_threads();
  read_until(kThreads * kRecords / 2, /*acknowledges=*/true);
  join();
  done = true;
  mover.join();
  const auto copy = directory_ / "killed";
  std::filesystem::copy(now, copy);
  const auto killed = open(copy);
  EXPECT_EQ(killed->install_id(), journal_->install_id());
  EXPECT_EQ(killed->reader().pending(), kThreads * kRecords - last_seq_);
  EXPECT_EQ(killed->reader().counts().settled[kOtherType][code_of(Fate::kAcknowledged)], last_seq_);
  read_until(kThreads * kRecords, /*acknowledges=*/true);
  EXPECT_EQ(journal_->reader().pending(), 0u);
}

// Whatever the moment: a record is read by the sender or purged, and counted as one of them.
TEST_F(ConcurrencyTest, PurgesBesideAppendsAndReadsCountEachRecordOnce) {
  std::atomic<bool> done{false};
  std::thread purger([&] {
    while (!done) {
      EXPECT_TRUE(journal_->purge(wire::DropReason::kForgotten, Journal::InstallId::kNew).ok());
      std::this_thread::yield();
    }
  });
  start_threads();
  std::vector<Record> batch;
  std::uint64_t settled = 0;
  while (journal_->reader().acknowledged_seq() < kThreads * kRecords) {
    batch.clear();
    journal_->reader().rewind();
    if (journal_->reader().read(16, 64 * 1024, batch) == 0) continue;
    EXPECT_EQ(batch.back().payload.back(), '.');  // still there, whoever purges
    settled += journal_->reader().settle(batch.back().seq, Fate::kAcknowledged);
  }
  join();
  done = true;
  purger.join();
  const auto counts = journal_->reader().counts().settled[kOtherType];
  EXPECT_EQ(counts[code_of(Fate::kAcknowledged)], settled);
  EXPECT_EQ(counts[code_of(Fate(wire::DropReason::kForgotten))], kThreads * kRecords - settled);
}

// A user who denies at once: the sender is about to make the segment present that purge() takes
// away.
TEST_F(ConcurrencyTest, APurgeBesideTheFirstMaintenanceTakesNothingFromUnderIt) {
  for (int round = 0; round < 200; ++round) {
    open();
    std::atomic<bool> ready{false};
    std::thread purger([&] {
      ready = true;
      EXPECT_TRUE(journal_->purge(wire::DropReason::kForgotten, Journal::InstallId::kNew).ok());
    });
    while (!ready) {
    }
    journal_->maintain();
    purger.join();
    EXPECT_EQ(journal_->writer().append("kept").code, StatusCode::kOk);
  }
}

TEST_F(ConcurrencyTest, ClosingWhileThreadsAppendKeepsWhatWasTaken) {
  options_.disk_bytes_max = 64 * 1024 * 1024;
  open();
  std::atomic<std::uint64_t> taken{0};
  for (int t = 0; t < kThreads; ++t) {
    threads_.emplace_back([&] {
      while (journal_->writer().append("record").code == StatusCode::kOk) ++taken;
    });
  }
  while (journal_->last_seq() < 10'000) std::this_thread::yield();
  journal_->writer().refuse_appends();
  join();
  EXPECT_EQ(journal_->last_seq(), taken.load());
  EXPECT_EQ(read(*journal_).size(), taken.load());
}

}  // namespace
}  // namespace penstock::journal::test
