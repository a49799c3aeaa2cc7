// Goal: who reads why a file cannot be read knows what to do: a file that is missing, empty, a
// folder, or another user's is told apart. Method: one file of each kind.
#include "system/file_fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_directory.hpp"

namespace penstock::gateway {
namespace {

using ::testing::HasSubstr;

class FileFaultTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }
  test::TempDirectory directory_;
};

TEST_F(FileFaultTest, EachKindIsToldApart) {
  EXPECT_EQ(file_fault(file("good", "x")), "");
  EXPECT_EQ(file_fault("/dev/null"), "");  // no regular file: reading shows what is in it
  EXPECT_THAT(file_fault(file("empty", "")), HasSubstr("is empty"));
  EXPECT_THAT(file_fault(directory_.path().string()), HasSubstr("is a folder"));
  EXPECT_THAT(file_fault((directory_ / "none").string()), HasSubstr("does not exist"));
  EXPECT_THAT(file_fault(""), HasSubstr("does not exist"));
  EXPECT_THAT(file_fault(file("good", "x") + "/none"), HasSubstr("a part of its path is a file"));
}

TEST_F(FileFaultTest, AnotherUsersIsToldWithWhoMayNotReadIt) {
  const auto mine = file("mine", "x");
  const bool was_root = geteuid() == 0;  // who may read all
  ASSERT_EQ(::chmod(mine.c_str(), 0), 0);
  if (was_root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const auto fault = file_fault(mine);
  if (was_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_THAT(fault, HasSubstr("may not be read by "));
}

}  // namespace
}  // namespace penstock::gateway
