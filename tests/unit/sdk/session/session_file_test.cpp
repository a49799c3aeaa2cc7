// Goal: what a session's file says outlives its process, and damage is taken for no session.
// Method: the real file, opened again and again; its bytes changed one by one.
#include "session/session_file.hpp"

#include <fstream>

#include "session_fixture.hpp"

namespace penstock::session::test {
namespace {

class SessionFileTest : public SessionFixture {
 protected:
  std::filesystem::path path() const { return directory_ / SessionFile::kFileName; }
  void flip(std::streamoff at) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 0x55);
    file.seekp(at);
    file.put(byte);
  }
};

TEST_F(SessionFileTest, ANewFileHasNoSession) { EXPECT_EQ(open_file().phase(), Phase::kNone); }

TEST_F(SessionFileTest, ASessionIsFoundByWhoOpensTheFileNext) {
  {
    SessionFile file = open_file();
    file.begin(who_, 1000, 50);
    file.announced().store(7);
    file.started();
    file.set_user(R"("user-2")");
    file.note_activity(4000, 3050);
  }
  const SessionFile file = open_file();
  EXPECT_EQ(file.phase(), Phase::kOpen);
  EXPECT_EQ(file.who().session, R"("session-1")");
  EXPECT_EQ(file.who().user, R"("user-2")");
  EXPECT_EQ(file.start_seq(), 7u);
  EXPECT_EQ(file.started_at_unix_ms(), 1000);
  EXPECT_EQ(file.started_at_steady_ms(), 50);
  EXPECT_EQ(file.active_at_unix_ms(), 4000);
  EXPECT_EQ(file.active_at_steady_ms(), 3050);
}

TEST_F(SessionFileTest, EachPhaseOutlivesTheProcess) {
  open_file().begin(who_, 1000, 50);
  EXPECT_EQ(open_file().phase(), Phase::kStarting);
  open_file().started();
  EXPECT_EQ(open_file().phase(), Phase::kOpen);
  open_file().begin_end();
  EXPECT_EQ(open_file().phase(), Phase::kEnding);
  open_file().stay_open();
  EXPECT_EQ(open_file().phase(), Phase::kOpen);
  open_file().ended();
  EXPECT_EQ(open_file().phase(), Phase::kNone);
}

TEST_F(SessionFileTest, AByteThatIsDamagedMakesItNoSessionAndTheFileIsGoodAgain) {
  constexpr std::streamoff kLooked = 56 + 2 * 544;  // header and both copies
  for (std::streamoff at = 0; at < kLooked; ++at) {
    {
      SessionFile file = open_file();
      file.begin(who_, 1000, 50);
      file.started();
    }
    flip(at);
    SessionFile file = open_file();
    if (file.phase() != Phase::kNone) {
      // It was not one that the session is in: numbers of their own, or the other copy.
      ASSERT_EQ(file.phase(), Phase::kOpen) << at;
      ASSERT_EQ(file.who().session, R"("session-1")") << at;
      ASSERT_EQ(file.who().user, R"("user-1")") << at;
      ASSERT_EQ(file.started_at_unix_ms(), 1000) << at;
    }
    file.begin({R"("session-2")", ""}, 2000, 60);
    ASSERT_EQ(open_file().who().session, R"("session-2")") << at;
  }
}

TEST_F(SessionFileTest, TextsThatAreNoIdentifiersAreNotTaken) {
  SessionFile file = open_file();
  const std::string longer(300, 'x');
  file.begin({longer, longer}, 1000, 50);
  EXPECT_EQ(file.who().session, "");
  EXPECT_EQ(file.who().user, "");
}

TEST_F(SessionFileTest, WhereThereIsNoneNothingIsMade) {
  EXPECT_FALSE(SessionFile::open_if_there(*platform::Folder::open(directory_.path())));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace penstock::session::test
