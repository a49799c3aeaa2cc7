// Goal: what another user can have put into a journal, or can change later, is refused before it is
// believed, sent, written or made room for. Method: the public API on folders as somebody else
// would prepare them. Root stands for this user and gives files away; where the tests run as
// another user, those cases are left out.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "penstock/penstock.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace penstock {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uid_t kSomebody = 54'321;

struct stat status_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class PlantedFilesTest : public ::testing::Test {
 protected:
  PlantedFilesTest() {
    options_.directory = journal();
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "pk_test";
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    options_.disk_bytes_max = 4 * options_.segment_bytes;
  }
  fs::path journal() const { return directory_ / "journal"; }
  fs::path slot() const { return journal() / "slot-0000"; }

  // As a program leaves it that was here before.
  void use_once() const {
    auto client = Client::open(options_);
    ASSERT_TRUE(client) << client.status().message();
    ASSERT_TRUE(client->track(Event::click("home", "save")));
    ASSERT_TRUE(client->set_consent(Consent::kGranted));
    static_cast<void>(client->close(std::chrono::milliseconds(0)));
  }
  fs::path segment() const {
    for (const auto& entry : fs::directory_iterator(slot())) {
      if (entry.path().extension() == ".seg") return entry.path();
    }
    ADD_FAILURE() << "no segment in " << slot();
    return {};
  }
  void expect_refused(const fs::path& what, const char* why) const {
    const auto client = Client::open(options_);
    ASSERT_FALSE(client) << what;
    EXPECT_EQ(client.status().code(), StatusCode::kIo) << client.status().message();
    EXPECT_THAT(client.status().message(), AllOf(HasSubstr(what.string()), HasSubstr(why)));
  }
  void expect_used() const {
    const auto client = Client::open(options_);
    EXPECT_TRUE(client) << client.status().message();
  }
  void make(const fs::path& file) const { std::ofstream(file) << "somebody's\n"; }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(PlantedFilesTest, AFolderThatOthersMayWriteIsRefused) {
  use_once();
  for (const fs::path& folder : {journal(), slot()}) {
    for (const mode_t mode : {0770u, 0707u, 01777u, 0722u}) {
      ASSERT_EQ(::chmod(folder.c_str(), mode), 0);
      expect_refused(folder, "chmod go-w");
    }
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    expect_used();
  }
}

TEST_F(PlantedFilesTest, AFolderOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  use_once();
  for (const fs::path& folder : {journal(), slot()}) {
    ASSERT_EQ(::chown(folder.c_str(), kSomebody, static_cast<gid_t>(-1)), 0);
    expect_refused(folder, "belongs to user 54321");
    ASSERT_EQ(::chown(folder.c_str(), ::geteuid(), static_cast<gid_t>(-1)), 0);
  }
  expect_used();
}

TEST_F(PlantedFilesTest, AFileThatOthersOwnOrMayWriteIsRefused) {
  use_once();
  for (const fs::path& file :
       {journal() / "consent", slot() / "lock", slot() / "ledger", segment()}) {
    ASSERT_EQ(::chmod(file.c_str(), 0620), 0) << file;
    expect_refused(file, "chmod go-w");
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    if (::geteuid() != 0) continue;
    ASSERT_EQ(::chown(file.c_str(), kSomebody, static_cast<gid_t>(-1)), 0);
    expect_refused(file, "belongs to user 54321");
    ASSERT_EQ(::chown(file.c_str(), ::geteuid(), static_cast<gid_t>(-1)), 0);
  }
  expect_used();
}

TEST_F(PlantedFilesTest, ASymbolicLinkLeadsNowhereAndMakesNothing) {
  use_once();
  const fs::path elsewhere = directory_ / "elsewhere";
  for (const fs::path& file :
       {journal() / "consent", slot() / "lock", slot() / "ledger", segment(), slot()}) {
    const fs::path kept = file.string() + "-kept";
    fs::rename(file, kept);
    fs::create_symlink(elsewhere, file);
    expect_refused(file, "");
    EXPECT_FALSE(fs::exists(elsewhere)) << file;
    fs::remove(file);
    fs::rename(kept, file);
  }
  expect_used();
}

TEST_F(PlantedFilesTest, OnesOwnLinkToTheFolderIsFollowedAndAnothersIsNot) {
  fs::create_directory(directory_ / "real");
  fs::permissions(directory_ / "real", fs::perms::owner_all);
  fs::create_directory_symlink(directory_ / "real", journal());
  expect_used();
  EXPECT_TRUE(fs::exists(directory_ / "real" / "slot-0000"));
  if (::geteuid() != 0) return;
  ASSERT_EQ(::lchown(journal().c_str(), kSomebody, static_cast<gid_t>(-1)), 0);
  expect_refused(journal(), "belongs to user 54321");
}

TEST_F(PlantedFilesTest, AFileWithASecondNameIsRefusedAndStaysAsItIs) {
  use_once();
  const fs::path precious = directory_ / "precious";
  make(precious);
  for (const fs::path& file :
       {journal() / "consent", slot() / "lock", slot() / "ledger", segment()}) {
    const fs::path kept = file.string() + "-kept";
    fs::rename(file, kept);
    fs::create_hard_link(precious, file);
    expect_refused(file, "hard link");
    EXPECT_EQ(fs::file_size(precious), 11u) << file;
    fs::remove(file);
    fs::rename(kept, file);
  }
}

TEST_F(PlantedFilesTest, WhatIsNoFileIsRefusedAndKeepsNobodyWaiting) {
  use_once();
  for (const fs::path& file :
       {journal() / "consent", slot() / "lock", slot() / "ledger", segment()}) {
    const fs::path kept = file.string() + "-kept";
    fs::rename(file, kept);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    expect_refused(file, "");
    fs::remove(file);
    fs::create_directory(file);
    expect_refused(file, "");
    fs::remove(file);
    fs::rename(kept, file);
  }
}

TEST_F(PlantedFilesTest, NoRoomIsMadeForAFileThatIsTooLong) {
  use_once();
  constexpr off_t kLong = off_t{3} << 30;
  const fs::path planted = slot() / "00000000000000000777.seg";
  make(planted);
  ASSERT_EQ(::chmod(planted.c_str(), 0600), 0);
  ASSERT_EQ(::truncate(planted.c_str(), kLong), 0);
  expect_used();  // set aside
  EXPECT_LT(status_of(planted.string() + ".bad").st_blocks * 512, 1 << 20);
  for (const fs::path& file : {journal() / "consent", slot() / "ledger"}) {
    const fs::path kept = file.string() + "-kept";
    fs::copy_file(file, kept);
    ASSERT_EQ(::truncate(file.c_str(), kLong), 0);
    expect_refused(file, "remove it");
    EXPECT_LT(status_of(file).st_blocks * 512, 1 << 20);
    fs::rename(kept, file);
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  }
  expect_used();
}

// What another process left is adopted, unless others may have written it.
TEST_F(PlantedFilesTest, AnOrphanThatOthersMayWriteIsLeftAlone) {
  use_once();
  const fs::path orphan = journal() / "slot-0001";
  fs::create_directory(orphan);
  fs::copy_file(segment(), orphan / segment().filename());
  ASSERT_EQ(::chmod(orphan.c_str(), 0777), 0);
  auto client = Client::open(options_);
  ASSERT_TRUE(client) << client.status().message();
  static_cast<void>(client->flush(std::chrono::milliseconds(100)));  // the sender has looked
  EXPECT_EQ(client->stats().adopted, 1u);                            // of its own slot
  EXPECT_FALSE(fs::exists(orphan / "lock"));
}

TEST_F(PlantedFilesTest, ParentsThatAreMadeAreForThisUserAlone) {
  options_.directory = directory_ / "a" / "b" / "journal";
  expect_used();
  for (const char* parent : {"a", "a/b", "a/b/journal", "a/b/journal/slot-0000"})
    EXPECT_EQ(status_of(directory_ / parent).st_mode & 0777, 0700u) << parent;
}

}  // namespace
}  // namespace penstock
