// Goal: a test can start a program, see its output and its end, and never leaves one behind.
// Method: small shell programs.
#include "support/child_process.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "support/eventually.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class ChildProcessTest : public ::testing::Test {
 protected:
  Command shell(const std::string& script) const {
    return {.arguments = {"sh", "-c", script}, .environment = {}, .output = output_file()};
  }
  std::filesystem::path output_file() const { return directory_ / "output"; }
  std::string output() const {
    std::ifstream file(output_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TempDirectory directory_;
};

TEST_F(ChildProcessTest, TellsTheExitStatus) {
  ChildProcess child(shell("exit 7"));

  EXPECT_EQ(child.wait(kPatience), 7);
  EXPECT_FALSE(child.running());
}

TEST_F(ChildProcessTest, WritesBothStreamsBehindWhatTheFileHeld) {
  ChildProcess first(shell("echo one"));
  ASSERT_EQ(first.wait(kPatience), 0);
  ChildProcess second(shell("echo two >&2"));
  ASSERT_EQ(second.wait(kPatience), 0);

  EXPECT_EQ(output(), "one\ntwo\n");
}

TEST_F(ChildProcessTest, AddsToTheEnvironment) {
  auto command = shell("echo \"$PENSTOCK_TEST_VALUE\"; test -n \"$PATH\"");
  command.environment = {{"PENSTOCK_TEST_VALUE", "a value"}};
  ChildProcess child(command);

  EXPECT_EQ(child.wait(kPatience), 0);
  EXPECT_EQ(output(), "a value\n");
}

TEST_F(ChildProcessTest, StillRunsAfterATimeoutAndEndsByASignal) {
  ChildProcess child(shell("exec sleep 600"));

  EXPECT_EQ(child.wait(1ms), std::nullopt);
  EXPECT_TRUE(child.running());
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait(kPatience), 128 + SIGTERM);
}

TEST_F(ChildProcessTest, IsGoneAfterItsScope) {
  pid_t pid = 0;
  {
    ChildProcess child(shell("exec sleep 600"));
    pid = child.pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(ChildProcessTest, AProgramThatIsNotThereIsNamed) {
  try {
    ChildProcess child({.arguments = {"no-such-program"}, .environment = {}, .output = {}});
    FAIL() << "it started";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no-such-program"));
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
}

}  // namespace
}  // namespace penstock::test
