// Goal: a session starts and ends when the application expects it, exactly once. Method: a real
// journal; clocks that the test moves.
#include "session/sessions.hpp"

#include <sys/resource.h>

#include <thread>

#include "session_fixture.hpp"
#include "wire/event_type.hpp"

namespace penstock::session::test {
namespace {

class SessionsTest : public SessionFixture {
 protected:
  void make(SessionMode mode) {
    sessions_ = std::make_unique<Sessions>(Sessions::Settings{mode, minutes(30)}, *journal_,
                                           directory_.path(), identity_, time_);
  }
  void start() { EXPECT_TRUE(sessions_->start(who_.session)); }
  // As the client does for each event. Returns whether one was started.
  bool record() {
    const bool starts = sessions_->note_activity(time_.unix_milliseconds());
    if (starts) start();
    append();
    return starts;
  }
  std::string current_session() const {
    Identity::Snapshot snapshot;
    identity_->read(snapshot);
    return std::string(snapshot.session());
  }

  std::shared_ptr<Identity> identity_ = std::make_shared<Identity>();
  std::unique_ptr<Sessions> sessions_;
};

TEST_F(SessionsTest, AnAutomaticSessionBeginsWithTheFirstEvent) {
  make(SessionMode::kAutomatic);
  EXPECT_THAT(session_kinds(), IsEmpty());
  EXPECT_TRUE(record());
  EXPECT_FALSE(record());
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart"));
  EXPECT_EQ(current_session(), R"("session-1")");
}

TEST_F(SessionsTest, AManualOneBeginsWhenItIsToldTo) {
  make(SessionMode::kManual);
  EXPECT_FALSE(record());
  ASSERT_TRUE(sessions_->start(who_.session));
  EXPECT_FALSE(record());
  ASSERT_TRUE(sessions_->end());
  EXPECT_EQ(current_session(), "");
  EXPECT_FALSE(record());
  const auto events = session_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1]["details"]["events"], 1);
}

TEST_F(SessionsTest, TheDurationIsThatOfTheSteadyClock) {
  make(SessionMode::kManual);
  ASSERT_TRUE(sessions_->start(who_.session));
  time_.pass(seconds(90));
  time_.jump(-hours(3));
  ASSERT_TRUE(sessions_->end());
  EXPECT_EQ(session_events()[1]["details"]["duration"], 90.0);
}

TEST_F(SessionsTest, AnIdleSessionEndsWithoutANewEvent) {
  make(SessionMode::kAutomatic);
  record();
  time_.pass(minutes(10));
  record();
  const auto last_activity = time_.now();
  EXPECT_EQ(sessions_->idle_at(), last_activity + minutes(30));
  time_.pass(minutes(30) - milliseconds(1));
  sessions_->end_if_idle();
  EXPECT_TRUE(sessions_->is_open());
  time_.pass(milliseconds(1));
  sessions_->end_if_idle();
  EXPECT_FALSE(sessions_->is_open());
  EXPECT_EQ(sessions_->idle_at(), platform::Clock::time_point::max());
  const auto end = session_events().at(1);
  EXPECT_EQ(end["details"]["endReason"], "idle");
  EXPECT_EQ(end["details"]["duration"], 600.0);
  EXPECT_EQ(end["details"]["events"], 2);
  EXPECT_EQ(end["timestamp"], "2027-01-15T08:10:00.000Z") << "the last activity";
}

TEST_F(SessionsTest, AnEventAfterTheIdleTimeBeginsANewSession) {
  make(SessionMode::kAutomatic);
  record();
  time_.pass(minutes(30));
  EXPECT_TRUE(record());
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd idle", "SessionStart"));
}

TEST_F(SessionsTest, AJumpOfTheSystemsTimeEndsNothing) {
  make(SessionMode::kAutomatic);
  record();
  time_.jump(hours(24));
  EXPECT_FALSE(record());
  time_.jump(-hours(48));
  EXPECT_FALSE(record());
  sessions_->end_if_idle();
  EXPECT_TRUE(sessions_->is_open());
}

TEST_F(SessionsTest, AManualSessionIsNeverIdle) {
  make(SessionMode::kManual);
  ASSERT_TRUE(sessions_->start(who_.session));
  time_.pass(hours(100));
  EXPECT_FALSE(record());
  sessions_->end_if_idle();
  EXPECT_TRUE(sessions_->is_open());
  EXPECT_EQ(sessions_->idle_at(), platform::Clock::time_point::max());
}

TEST_F(SessionsTest, WrongUseSaysSo) {
  make(SessionMode::kManual);
  EXPECT_EQ(sessions_->end().code(), StatusCode::kMisuse);
  ASSERT_TRUE(sessions_->start(who_.session));
  EXPECT_EQ(sessions_->start(who_.session).code(), StatusCode::kMisuse);
  ASSERT_TRUE(sessions_->end());
  EXPECT_EQ(sessions_->end().code(), StatusCode::kMisuse);
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd closed"));
}

TEST_F(SessionsTest, TheEndIsTheUsersWhoIsThereThen) {
  make(SessionMode::kManual);
  ASSERT_TRUE(sessions_->start(who_.session));
  sessions_->set_user(R"("user-2")");
  ASSERT_TRUE(sessions_->end());
  EXPECT_EQ(session_events()[1]["userId"], "user-2");
  sessions_->set_user(R"("user-3")");  // of no session
}

TEST_F(SessionsTest, OneThatIsAbandonedHasNoEnd) {
  make(SessionMode::kAutomatic);
  record();
  sessions_->abandon();
  EXPECT_FALSE(sessions_->is_open());
  EXPECT_EQ(current_session(), "");
  reopen_journal();
  EXPECT_EQ(end_killed_session(directory_.path(), *journal_), 0u);
}

TEST_F(SessionsTest, AStartThatFindsNoRoomIsNoSessionAndCanBeRepeated) {
  make(SessionMode::kAutomatic);
  while (append(std::string(200, ' ')) != 0) {
  }
  EXPECT_TRUE(sessions_->note_activity(time_.unix_milliseconds()));
  EXPECT_EQ(sessions_->start(who_.session).code(), StatusCode::kStorageFull);
  EXPECT_FALSE(sessions_->is_open());
  EXPECT_EQ(current_session(), "");
  settle_all();
  settle_all();
  EXPECT_TRUE(record());
}

TEST_F(SessionsTest, AnIdleEndThatFindsNoRoomIsTriedAgainLater) {
  make(SessionMode::kAutomatic);
  record();
  while (append(std::string(200, ' ')) != 0) {
  }
  time_.pass(minutes(30));
  sessions_->end_if_idle();
  EXPECT_TRUE(sessions_->is_open());
  EXPECT_GT(sessions_->idle_at(), time_.now()) << "or the sender would not rest";
  settle_all();
  settle_all();
  time_.pass(minutes(1));
  sessions_->end_if_idle();
  EXPECT_FALSE(sessions_->is_open());
}

TEST_F(SessionsTest, ItGoesOnInAnotherFolder) {
  make(SessionMode::kManual);
  ASSERT_TRUE(sessions_->start(who_.session));
  const TempDirectory other;
  ASSERT_TRUE(journal_->move_to(other.path()));
  ASSERT_TRUE(sessions_->move_to(other.path()));
  append();
  sessions_.reset();
  journal_.reset();
  auto moved = journal::Journal::open(other.path(), journal_options_);
  ASSERT_TRUE(moved);
  EXPECT_EQ(end_killed_session(other.path(), **moved), 1u);
}

TEST_F(SessionsTest, APageSaysHowLongItWasInTheForeground) {
  make(SessionMode::kOff);
  sessions_->enter_page(R"("home")");
  time_.pass(seconds(10));
  sessions_->pause();
  time_.pass(hours(1));
  sessions_->pause();  // a repeat does nothing
  time_.pass(hours(1));
  sessions_->resume();
  sessions_->resume();
  time_.pass(seconds(5));
  time_.jump(hours(24));
  ASSERT_TRUE(sessions_->leave_page());
  const auto events = session_events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["pageId"], "home");
  EXPECT_EQ(events[0]["details"]["duration"], 15.0);
  EXPECT_FALSE(events[0].contains("sessionId"));
}

TEST_F(SessionsTest, APageThatIsEnteredInTheBackgroundIsSeenFromTheResumeOn) {
  make(SessionMode::kOff);
  sessions_->pause();
  sessions_->enter_page(R"("home")");
  time_.pass(seconds(10));
  sessions_->resume();
  time_.pass(seconds(3));
  ASSERT_TRUE(sessions_->leave_page());
  EXPECT_EQ(session_events()[0]["details"]["duration"], 3.0);
}

TEST_F(SessionsTest, TheEndOfASessionLeavesItsPageFirst) {
  make(SessionMode::kManual);
  ASSERT_TRUE(sessions_->start(who_.session));
  sessions_->enter_page(R"("home")");
  ASSERT_TRUE(sessions_->end());
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "PageEnd", "SessionEnd closed"));
  EXPECT_EQ(session_events()[1]["sessionId"], "session-1");
  EXPECT_EQ(sessions_->leave_page().code(), StatusCode::kMisuse);
}

TEST_F(SessionsTest, AnIdleSessionHasLeftItsPageAtTheLastActivity) {
  make(SessionMode::kAutomatic);
  record();
  sessions_->enter_page(R"("home")");
  time_.pass(minutes(2));
  record();
  time_.pass(minutes(30));
  sessions_->end_if_idle();
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "PageEnd", "SessionEnd idle"));
  EXPECT_EQ(session_events()[1]["details"]["duration"], 120.0);
  EXPECT_EQ(session_events()[1]["timestamp"], session_events()[2]["timestamp"]);
}

TEST_F(SessionsTest, CloseLeavesThePageAlsoWithoutASession) {
  make(SessionMode::kOff);
  sessions_->enter_page(R"("home")");
  ASSERT_TRUE(sessions_->close());
  EXPECT_THAT(session_kinds(), ElementsAre("PageEnd"));
  ASSERT_TRUE(sessions_->close());
}

// An event that another thread records while the client is closed.
TEST_F(SessionsTest, BehindCloseNoSessionStartsThatNobodyWouldEnd) {
  make(SessionMode::kAutomatic);
  record();
  ASSERT_TRUE(sessions_->close());
  EXPECT_FALSE(record());
  EXPECT_EQ(sessions_->start(who_.session).code(), StatusCode::kClosed);
  EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd closed"));
}

TEST_F(SessionsTest, APageWhoseEndFindsNoRoomStaysOpen) {
  make(SessionMode::kOff);
  sessions_->enter_page(R"("home")");
  while (append(std::string(200, ' ')) != 0) {
  }
  EXPECT_EQ(sessions_->leave_page().code(), StatusCode::kStorageFull);
  EXPECT_TRUE(sessions_->has_page());
  settle_all();
  settle_all();
  EXPECT_TRUE(sessions_->leave_page());
}

TEST_F(SessionsTest, AFileThatIsDeletedIsMissedAndMadeAnew) {
  make(SessionMode::kManual);
  std::filesystem::remove(directory_ / SessionFile::kFileName);
  EXPECT_FALSE(sessions_->is_gone()) << "there is no session yet";
  ASSERT_TRUE(sessions_->start(who_.session));
  EXPECT_FALSE(sessions_->is_gone());
  std::filesystem::remove(directory_ / SessionFile::kFileName);
  EXPECT_TRUE(sessions_->is_gone());
  ASSERT_TRUE(sessions_->move_to(directory_.path()));
  EXPECT_FALSE(sessions_->is_gone());
  reopen_journal();
  EXPECT_EQ(end_killed_session(directory_.path(), *journal_), 1u);
}

TEST_F(SessionsTest, ThreadsThatBeginAtTheSameTimeShareOneSession) {
  make(SessionMode::kAutomatic);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([this] {
        if (sessions_->note_activity(time_.unix_milliseconds())) start();
        EXPECT_EQ(current_session(), R"("session-1")");
      });
    }
    threads.emplace_back([this] { sessions_->end_if_idle(); });
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(sessions_->end());
    EXPECT_THAT(session_kinds(), ElementsAre("SessionStart", "SessionEnd closed"));
    settle_all();
  }
}

}  // namespace
}  // namespace penstock::session::test
