// Goal: a slot has one writer at a time, and what a dead one left is adopted by exactly one other.
// Method: slots of this process, which exclude each other as those of two processes do, and a child
// that is killed.
#include "journal/slot.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "journal/journal.hpp"
#include "support/temp_directory.hpp"

namespace penstock::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SlotTest : public ::testing::Test {
 protected:
  Slot take() const {
    auto slot = Slot::take(directory());
    EXPECT_TRUE(slot) << slot.status().message();
    return *std::move(slot);
  }
  std::filesystem::path directory() const { return temporary_ / "penstock"; }
  static std::unique_ptr<Journal> open(const Slot& slot) {
    auto journal = Journal::open(slot.folder(), {1024 * 1024, 64 * 1024, 16 * 1024});
    EXPECT_TRUE(journal) << journal.status().message();
    return *std::move(journal);
  }

  penstock::test::TempDirectory temporary_;
};

TEST_F(SlotTest, TheFirstFreeSlotIsTakenAndTheDirectoryIsForThisUserAlone) {
  const Slot first = take();
  const Slot second = take();
  EXPECT_EQ(first.folder().filename(), "slot-0000");
  EXPECT_EQ(second.folder().filename(), "slot-0001");
  struct stat status{};
  ASSERT_EQ(stat(directory().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(SlotTest, ASlotIsFreeWhenItsHolderGoes) {
  {
    const Slot slot = take();
  }
  EXPECT_EQ(take().folder().filename(), "slot-0000");
}

TEST_F(SlotTest, ASlotWhoseLockFileIsDeletedIsStillNobodyElses) {
  const Slot slot = take();
  const auto journal = open(slot);
  ASSERT_EQ(journal->writer().append("{}").code, StatusCode::kOk);
  std::filesystem::remove(slot.folder() / "lock");
  EXPECT_TRUE(slot.is_gone());
  EXPECT_THAT(Slot::take_orphans(directory()), IsEmpty());
  EXPECT_EQ(take().folder().filename(), "slot-0001");
}

TEST_F(SlotTest, ASlotIsFreeWhenItsProcessIsKilled) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Slot slot = take();
    const auto journal = open(slot);
    static_cast<void>(journal->writer().append("left behind"));
    static_cast<void>(write(ready[1], "x", 1));
    for (;;) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const Slot own = take();
  EXPECT_EQ(own.folder().filename(), "slot-0001");
  EXPECT_THAT(Slot::take_orphans(directory()), IsEmpty());

  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const auto orphans = Slot::take_orphans(directory());
  ASSERT_THAT(orphans, SizeIs(1));
  EXPECT_EQ(open(orphans.front())->reader().pending(), 1u);
  EXPECT_THAT(Slot::take_orphans(directory()), IsEmpty());  // adopted once
  close(ready[0]);
  close(ready[1]);
}

TEST_F(SlotTest, ASlotWithoutSegmentsIsNoOrphan) {
  const Slot first = take();
  {
    const Slot second = take();
  }
  EXPECT_THAT(Slot::take_orphans(directory()), IsEmpty());
}

TEST_F(SlotTest, MoreProcessesThanSlotsAreToldSo) {
  std::vector<Slot> slots;
  for (int i = 0; i < kSlotsMax; ++i) slots.push_back(take());
  const auto one_more = Slot::take(directory());
  EXPECT_EQ(one_more.status().code(), StatusCode::kDirectoryInUse);
  EXPECT_THAT(one_more.status().message(), HasSubstr(directory().string()));
  slots.pop_back();
  EXPECT_EQ(take().folder().filename(), "slot-0063");
}

TEST_F(SlotTest, AFileInTheWayIsNamed) {
  std::ofstream(directory()) << "a file";
  const auto slot = Slot::take(directory());
  EXPECT_EQ(slot.status().code(), StatusCode::kIo);
  EXPECT_THAT(slot.status().message(), HasSubstr(directory().string()));
}

TEST_F(SlotTest, ParentsThatAreMissingAreCreated) {
  EXPECT_TRUE(Slot::take(directory() / "deep" / "down").ok());
}

// Root may write anywhere, so the system's own read-only folders stand for a read-only disk.
TEST_F(SlotTest, AFolderThatCannotBeWrittenIsNamedWithTheCure) {
  const auto slot = Slot::take("/proc/penstock");
  EXPECT_EQ(slot.status().code(), StatusCode::kIo);
  EXPECT_THAT(slot.status().message(), HasSubstr("/proc/penstock"));
}

}  // namespace
}  // namespace penstock::journal
