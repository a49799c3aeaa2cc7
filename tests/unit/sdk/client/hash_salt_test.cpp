// Goal: hashes by rule stay the same for one install and tell nothing beyond: not sent, private on
// the disk, another one after forget(). Method: real clients whose journal is read as bytes.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace penstock {
namespace {

class HashSaltTest : public ::testing::Test {
 protected:
  HashSaltTest() {
    options_.directory = directory_.path() / "journal";
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "pk_test";
    options_.privacy_rules = {"userId hash", "details.duration remove"};
    options_.segment_bytes = 256 * 1024;
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  std::string salt_file() const { return options_.directory + "/salt"; }
  std::string journal() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.directory)) {
      if (!entry.is_regular_file() || entry.path().filename() == "salt") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }
  std::set<std::string> users() const {
    const std::string bytes = journal();
    const std::regex user("\"userId\":\"(h:[0-9a-f]{32})\"");
    std::set<std::string> found;
    for (std::sregex_iterator at(bytes.begin(), bytes.end(), user), end; at != end; ++at)
      found.insert((*at)[1]);
    return found;
  }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(HashSaltTest, OneUserHasOneHashInAllProcessesAndRunsOfADirectory) {
  {
    Client one = open(), other = open();
    ASSERT_TRUE(one.set_user("anna"));
    ASSERT_TRUE(one.track(Event::page_view("p")));
    ASSERT_TRUE(other.track(Event::page_view("p").user("anna")));
    ASSERT_TRUE(one.close(std::chrono::milliseconds(0)).code() != StatusCode::kInternal);
  }
  Client later = open();
  ASSERT_TRUE(later.track_json(R"({"activityType":"Click","userId":"anna"})"));
  EXPECT_EQ(users().size(), 1u);
  EXPECT_EQ(journal().find("anna"), std::string::npos);
}

TEST_F(HashSaltTest, ThePrivateFileIsMadeOnlyIfARuleHashes) {
  options_.privacy_rules = {"userId remove"};
  open();
  EXPECT_FALSE(std::filesystem::exists(salt_file()));
  options_.privacy_rules = {"userId hash"};
  open();
  struct stat status{};
  ASSERT_EQ(::stat(salt_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(HashSaltTest, AFileThatOthersMayHavePlantedIsRefused) {
  open();
  ASSERT_EQ(::chmod(salt_file().c_str(), 0666), 0);
  const auto client = Client::open(options_);
  EXPECT_EQ(client.status().code(), StatusCode::kIo);
  EXPECT_THAT(std::string(client.status().message()), ::testing::HasSubstr("salt"));
}

TEST_F(HashSaltTest, AnEmptiedFileBecomesAnotherSalt) {
  const auto user_of_a_run = [this] {
    Client client = open();
    EXPECT_TRUE(client.track(Event::page_view("p").user("anna")));
    return users();
  };
  const auto before = user_of_a_run();
  std::filesystem::resize_file(salt_file(), 0);
  auto after = user_of_a_run();
  EXPECT_GT(after.size(), 0u);
  for (const auto& user : before) after.erase(user);
  EXPECT_EQ(after.size(), 1u);
}

TEST_F(HashSaltTest, ForgettingTakesTheSaltWithIt) {
  Client client = open();
  ASSERT_TRUE(client.set_user("anna"));
  ASSERT_TRUE(client.track(Event::page_view("p")));
  const auto before = users();
  ASSERT_EQ(before.size(), 1u);
  ASSERT_TRUE(client.forget());
  ASSERT_TRUE(client.track(Event::page_view("p")));
  ASSERT_TRUE(client.track(Event::page_view("p").user("anna")));
  const auto after = users();
  ASSERT_EQ(after.size(), 1u);  // the old events are deleted, and both new ones agree
  EXPECT_NE(after, before);
}

TEST_F(HashSaltTest, TheEventsOfASessionObeyTheRulesToo) {
  Client client = open();
  ASSERT_TRUE(client.set_user("anna"));
  ASSERT_TRUE(client.start_session());
  ASSERT_TRUE(client.end_session());
  EXPECT_EQ(users().size(), 1u);
  EXPECT_NE(journal().find(R"("details":{"duration":"[removed]")"), std::string::npos);
}

}  // namespace
}  // namespace penstock
