// Goal: kill -9 at any instant takes nothing that append() had returned for, invents nothing, and
// lets no sequence number be given twice.
// Method: a child appends from three threads as fast as it can, while a fourth reads and
// acknowledges; it is killed after a random number of records, many times over, in one folder; then
// what its memory says (shared, so it outlives it) is compared with what the next open finds.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <map>
#include <new>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.hpp"
#include "support/temp_directory.hpp"

namespace penstock::journal {
namespace {

constexpr std::size_t kThreads = 3;
constexpr int kKills = 150;
constexpr JournalOptions kOptions{4 * 1024 * 1024, 64 * 1024, 16 * 1024};

// Numbers of records of one thread, each stored before or after the deed.
struct Progress {
  std::atomic<std::uint64_t> begun{0}, returned{0};     // append()
  std::atomic<std::uint64_t> letting_go{0}, let_go{0};  // acknowledge()
};

struct Shared {
  std::array<Progress, kThreads> threads;
  std::atomic<std::uint64_t> highest_seq{0};

  std::uint64_t returned() const {
    std::uint64_t sum = 0;
    for (const Progress& thread : threads) sum += thread.returned;
    return sum;
  }
};

class SharedMemory {
 public:
  SharedMemory()
      : shared_(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    if (shared_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~SharedMemory() { ::munmap(shared_, sizeof(Shared)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  Shared& renew() { return *new (shared_) Shared; }

 private:
  void* shared_;
};

// "<thread>:<number>", of some length.
std::string make_record(std::size_t thread, std::uint64_t number) {
  return std::to_string(thread) + ":" + std::to_string(number) + std::string(number % 300, '.');
}
std::size_t thread_of(std::string_view record) {
  return static_cast<std::size_t>(record.front() - '0');
}
std::uint64_t number_of(std::string_view record) {
  return std::stoull(std::string(record.substr(2, 20)));
}

// --- The child ----------------------------------------------------------------------------------

void append_for_ever(Journal& journal, std::size_t thread, Shared& shared) {
  Progress& progress = shared.threads[thread];
  for (std::uint64_t number = 0;; ++number) {
    progress.begun = number + 1;
    const std::string record = make_record(thread, number);
    AppendResult appended = journal.writer().append(record);
    while (appended.code != StatusCode::kOk) {  // full: until the reader has let something go
      std::this_thread::yield();
      appended = journal.writer().append(record);
    }
    progress.returned = number + 1;
    std::uint64_t highest = shared.highest_seq;
    while (highest < appended.seq &&
           !shared.highest_seq.compare_exchange_weak(highest, appended.seq)) {
    }
  }
}

// Keeps a random part of what it reads, as a sender does whose gateway comes and goes.
void read_for_ever(Journal& journal, Shared& shared, std::mt19937& random) {
  std::vector<Record> batch;
  for (;;) {
    batch.clear();
    journal.maintain();
    if (journal.reader().read(1 + random() % 256, 64 * 1024, batch) == 0) continue;
    if (random() % 4 == 0) {
      journal.reader().rewind();
      continue;
    }
    for (const Record& record : batch)
      shared.threads[thread_of(record.payload)].letting_go = number_of(record.payload) + 1;
    const std::uint64_t last = batch.back().seq;
    std::array<std::uint64_t, kThreads> let_go{};
    for (std::size_t t = 0; t < kThreads; ++t) let_go[t] = shared.threads[t].letting_go;
    journal.reader().settle(last, Fate::kAcknowledged);
    for (std::size_t t = 0; t < kThreads; ++t) shared.threads[t].let_go = let_go[t];
  }
}

[[noreturn]] void run_child(const std::filesystem::path& folder, Shared& shared,
                            std::uint32_t seed) {
  auto journal = Journal::open(folder, kOptions);
  if (!journal) _exit(1);
  std::mt19937 random(seed);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] { append_for_ever(**journal, t, shared); });
  read_for_ever(**journal, shared, random);
  _exit(1);
}

// --- The test -----------------------------------------------------------------------------------

class JournalKillTest : public ::testing::Test {
 protected:
  JournalKillTest() { std::filesystem::create_directory(folder()); }
  std::filesystem::path folder() const { return directory_ / "journal"; }

  // Kills the child once `records` have returned.
  void run_and_kill(std::uint64_t records, Shared& shared) {
    const std::uint32_t seed = static_cast<std::uint32_t>(random_());
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) run_child(folder(), shared, seed);
    int status = 0;
    while (shared.returned() < records) {
      ASSERT_EQ(waitpid(child, &status, WNOHANG), 0) << "the child ended by itself";
      std::this_thread::yield();
    }
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }

  void check(const Shared& shared) {
    auto journal = Journal::open(folder(), kOptions);
    ASSERT_TRUE(journal) << journal.status().message();
    ASSERT_GE((*journal)->last_seq(), shared.highest_seq.load()) << "a number would be given twice";
    torn_ += (*journal)->reader().recovery().torn_records;

    std::vector<Record> records;
    while ((*journal)->reader().read(1000, 1 << 20, records) > 0) {
    }
    std::array<std::vector<std::uint64_t>, kThreads> numbers;
    std::uint64_t last_seq = highest_checked_;
    for (const Record& record : records) {
      ASSERT_GT(record.seq, last_seq);
      last_seq = record.seq;
      ASSERT_EQ(record.payload, make_record(thread_of(record.payload), number_of(record.payload)));
      numbers[thread_of(record.payload)].push_back(number_of(record.payload));
    }
    for (std::size_t t = 0; t < kThreads; ++t) {
      check_thread(numbers[t], shared.threads[t]);
      committed_ +=
          numbers[t].empty() ? shared.threads[t].letting_go.load() : numbers[t].back() + 1;
    }
    EXPECT_EQ(recorded(**journal), committed_) << "the ledger is wrong";
    if (!records.empty()) (*journal)->reader().settle(last_seq, Fate::kAcknowledged);
    EXPECT_EQ((*journal)->reader().pending(), 0u);
    highest_checked_ = (*journal)->last_seq();
  }

  static std::uint64_t recorded(Journal& journal) {
    const Counts counts = journal.reader().counts();
    std::uint64_t sum = std::accumulate(counts.pending.begin(), counts.pending.end(), 0ULL);
    for (const auto& of_type : counts.settled)
      sum = std::accumulate(of_type.begin(), of_type.end(), sum);
    return sum;
  }

  static void check_thread(const std::vector<std::uint64_t>& numbers, const Progress& progress) {
    const std::uint64_t begin = numbers.empty() ? progress.letting_go.load() : numbers.front();
    const std::uint64_t end = begin + numbers.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], begin + i);
    EXPECT_GE(begin, progress.let_go.load()) << "one came back that was let go";
    EXPECT_LE(begin, progress.letting_go.load()) << "one was lost at the front";
    EXPECT_GE(end, progress.returned.load()) << "one was lost at the end";
    EXPECT_LE(end, progress.begun.load()) << "one was invented";
  }

  test::TempDirectory directory_;
  SharedMemory memory_;
  const std::uint32_t seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
  std::uint64_t highest_checked_ = 0;
  std::uint64_t committed_ = 0;  // in all rounds
  std::uint64_t torn_ = 0;
};

TEST_F(JournalKillTest, NothingThatWasReturnedIsLostAndNothingIsInvented) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed_);
  std::uint64_t returned = 0;
  for (int i = 0; i < kKills && !HasFailure(); ++i) {
    SCOPED_TRACE(::testing::Message() << "kill " << i);
    Shared& shared = memory_.renew();
    run_and_kill(random_() % 20'000, shared);
    returned += shared.returned();
    check(shared);
  }
  std::printf("%d kills, %llu records returned, %llu torn\n", kKills,
              static_cast<unsigned long long>(returned), static_cast<unsigned long long>(torn_));
}

}  // namespace
}  // namespace penstock::journal
