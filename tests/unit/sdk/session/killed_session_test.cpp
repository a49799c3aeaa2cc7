// Goal: each session that was recorded ends exactly once, wherever its process, and the one that
// ends it, are killed. Method: each step of a start and of an end is left undone in turn, and the
// journal opened again as the next process does. (Real kills: tests/faults.)
#include "session/killed_session.hpp"

#include "session_fixture.hpp"
#include "wire/event_type.hpp"

namespace penstock::session::test {
namespace {

class KilledSessionTest : public SessionFixture {
 protected:
  static constexpr std::uint64_t kNotAppended = 0;

  // Each step is what a process did last.
  void begin() {
    SessionFile file = open_file();
    file.begin(who_, 1'800'000'000'000, 5000);
  }
  std::uint64_t append_start(std::atomic<std::uint64_t>* announced) {
    char buffer[kSessionEventBytesMax];
    wire::JsonWriter out(buffer, sizeof buffer);
    write_session_start(who_, 1'800'000'000'000, out);
    return journal_->writer().append(out.text(), {}, announced).seq;
  }
  void start() {
    begin();
    SessionFile file = open_file();
    append_start(&file.announced());
    file.started();
  }
  std::uint64_t end_as_next_process() {
    reopen_journal();
    return end_killed_session(directory_.path(), *journal_);
  }
};

TEST_F(KilledSessionTest, WithoutASessionThereIsNoEndAndNoFile) {
  EXPECT_EQ(end_as_next_process(), 0u);
  EXPECT_FALSE(std::filesystem::exists(directory_ / SessionFile::kFileName));
}

TEST_F(KilledSessionTest, AnOpenSessionEndsAtItsLastActivity) {
  start();
  append();
  append();
  open_file().note_activity(1'800'000'012'345, 5000 + 12'345);
  EXPECT_EQ(end_as_next_process(), 1u);
  const auto events = session_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1]["activityType"], "SessionEnd");
  EXPECT_EQ(events[1]["sessionId"], "session-1");
  EXPECT_EQ(events[1]["userId"], "user-1");
  EXPECT_EQ(events[1]["timestamp"], "2027-01-15T08:00:12.345Z");
  EXPECT_EQ(events[1]["details"]["duration"], 12.345);
  EXPECT_EQ(events[1]["details"]["events"], 2);
  EXPECT_EQ(events[1]["details"]["endReason"], "killed");
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, AStartThatWasNotAppendedIsNoSession) {
  begin();
  EXPECT_EQ(end_as_next_process(), 0u);
  EXPECT_EQ(open_file().phase(), Phase::kNone);
}

TEST_F(KilledSessionTest, AStartThatWasTornIsNoSession) {
  begin();
  open_file().announced().store(append() + 1);  // the number that the torn one had
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, AStartThatWasAppendedAsTheLastThingEnds) {
  begin();
  SessionFile file = open_file();
  append_start(&file.announced());
  EXPECT_EQ(end_as_next_process(), 1u);
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd killed"));
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, AStartThatIsSentAlreadyEndsToo) {
  begin();
  SessionFile file = open_file();
  append_start(&file.announced());
  append();
  settle_all();
  EXPECT_EQ(end_as_next_process(), 1u);
  EXPECT_THAT(session_kinds(), ElementsAre("SessionEnd killed"));
}

TEST_F(KilledSessionTest, AnEndThatWasNotAppendedIs) {
  start();
  open_file().begin_end();
  EXPECT_EQ(end_as_next_process(), 1u);
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd killed"));
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, AnEndThatWasAppendedAsTheLastThingIsNotAppendedAgain) {
  for (const bool is_sent : {false, true}) {
    start();
    {
      SessionFile file = open_file();
      ASSERT_TRUE(append_session_end(file, *journal_, EndReason::kClosed, 0, 0));
    }
    SessionFile file = open_file();
    const std::uint64_t end_seq = journal_->last_seq();
    file.begin_end();
    file.announced().store(end_seq);
    if (is_sent) {
      append();
      settle_all();
    }
    EXPECT_EQ(end_as_next_process(), 0u);
    EXPECT_EQ(open_file().phase(), Phase::kNone);
    settle_all();
  }
}

// Else the number of a torn end would later be one that others have passed.
TEST_F(KilledSessionTest, WhatBecameOfTheEndIsDecidedAlsoWhereThereIsNoRoom) {
  start();
  while (append(std::string(200, ' ')) != 0) {
  }
  open_file().begin_end();
  open_file().announced().store(journal_->last_seq() + 1);
  EXPECT_EQ(end_as_next_process(), 0u);
  EXPECT_EQ(open_file().phase(), Phase::kOpen);
  settle_all();
  settle_all();
  EXPECT_EQ(end_as_next_process(), 1u);
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, ASessionThatIsForgottenHasNoEnd) {
  start();
  forget_session(directory_.path());
  EXPECT_EQ(end_as_next_process(), 0u);
}

TEST_F(KilledSessionTest, AFileThatCannotBeReadHoldsNobodyUp) {
  std::filesystem::create_directory(directory_ / SessionFile::kFileName);
  EXPECT_EQ(end_as_next_process(), 0u);
}

}  // namespace
}  // namespace penstock::session::test
