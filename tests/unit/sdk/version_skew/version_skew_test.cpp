// Goal: the files outlive the code. A program may find what an older or a later version has
// written: it loses no event, reads what it does not know as "other", and the other version finds
// all of it again. Method: penstock-later-journal is built with an activity, a reason and an
// outcome more.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"

namespace penstock {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class VersionSkewTest : public ::testing::Test {
 protected:
  VersionSkewTest() {
    options_.directory = directory_ / "journal";
    options_.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    options_.write_key = "pk_test_secret";
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    options_.disk_bytes_max = 16 * options_.segment_bytes;
  }

  std::filesystem::path slot() const {
    return std::filesystem::path(options_.directory) / "slot-0000";
  }

  // What the later version says, line by line.
  std::vector<std::string> later(const std::string& command) {
    const auto output = directory_ / "later.out";
    std::filesystem::remove(output);
    test::ChildProcess program(
        {{(test::build_tree() / "tests/unit/sdk/version_skew/penstock-later-journal").string(),
          command, slot().string()},
         {},
         output});
    EXPECT_EQ(program.wait(60s), 0);
    std::ifstream in(output);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  void write_as_later() {
    std::filesystem::create_directories(slot());
    ASSERT_THAT(later("write"), IsEmpty());
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(VersionSkewTest, EventsOfALaterVersionAreKeptAndCountedAsOther) {
  write_as_later();
  const Client client = open();
  EXPECT_TRUE(test::eventually([&] { return !client.stats().recovering; }));
  EXPECT_EQ(client.stats().adopted, 5u);
  EXPECT_EQ(client.stats().torn, 0u);
  const auto rows = client.ledger();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].type, "Click");
  EXPECT_EQ(rows[0].pending, 2u);
  EXPECT_THAT(rows[0].refused, ElementsAre(Pair("too_large", 1u)));
  EXPECT_EQ(rows[1].type, "other");
  EXPECT_EQ(rows[1].recorded, 5u);
  EXPECT_EQ(rows[1].acknowledged, 1u);
  EXPECT_EQ(rows[1].pending, 3u);
  EXPECT_THAT(rows[1].dropped, ElementsAre(Pair("other", 1u)));
  EXPECT_THAT(rows[1].refused, ElementsAre(Pair("other", 4u)));
}

TEST_F(VersionSkewTest, WhatALaterVersionHasCountedIsThereForItAgain) {
  write_as_later();
  {
    Client client = open();
    ASSERT_TRUE(client.track(Event::click("home", "save")).ok());
    ASSERT_FALSE(client.track(Event::click("home", std::string(20'000, 'x'))).ok());
    ASSERT_TRUE(client.set_consent(Consent::kDenied).ok());
    ASSERT_FALSE(client.track(Event::page_view("home")).ok());
  }
  EXPECT_THAT(later("print"), UnorderedElementsAre("Scroll acknowledged 1", "Scroll evicted 1",
                                                   "Scroll consent_denied 3",
                                                   "Scroll sampled_out 4", "Click consent_denied 3",
                                                   "Click too_large 2", "PageView not_allowed 1"));
}

TEST_F(VersionSkewTest, ALaterVersionReadsEachCountUnderItsOwnName) {
  {
    Client client = open();
    ASSERT_TRUE(client.track(Event::session_start()).ok());
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.track(Event::click("home", "save")).ok());
    ASSERT_TRUE(client.track(Event::record_returned("r-1")).ok());
    ASSERT_TRUE(client.track(Event::activity("Own")).ok());
    ASSERT_FALSE(client.track(Event::page_view(std::string(300, 'x'))).ok());
    ASSERT_FALSE(client.track(Event::click("home", std::string(20'000, 'x'))).ok());
  }
  EXPECT_THAT(later("print"), UnorderedElementsAre("SessionStart pending 1", "Click pending 2",
                                                   "Returned pending 1", "other pending 1",
                                                   "PageView invalid 1", "Click too_large 1"));
}

// A later version may change more than the numbers. Its files are its own.
class LaterFormat : public VersionSkewTest, public ::testing::WithParamInterface<const char*> {
 protected:
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path file_like(const std::string& end) const {
    for (const auto& entry : std::filesystem::directory_iterator(slot())) {
      if (entry.path().filename().string().ends_with(end)) return entry.path();
    }
    ADD_FAILURE() << "no " << end;
    return {};
  }
};

TEST_P(LaterFormat, FilesOfALaterFormatAreLeftAlone) {
  write_as_later();
  const std::string other = GetParam() == std::string("ledger") ? ".seg" : "ledger";
  const std::string known = bytes_of(file_like(other));
  later("raise");
  std::ofstream(file_like(other), std::ios::binary) << known;
  const std::string before = bytes_of(file_like(GetParam()));
  for (int run = 0; run < 2; ++run) {
    Client client = open();
    ASSERT_TRUE(client.track(Event::page_view("home")).ok());
    EXPECT_TRUE(test::eventually([&] { return !client.stats().recovering; }));
    EXPECT_EQ(client.stats().adopted, static_cast<std::uint64_t>(run));
    EXPECT_TRUE(std::filesystem::exists(slot().parent_path() / "slot-0001/ledger"));
  }
  EXPECT_EQ(bytes_of(file_like(GetParam())), before);
}

// It must not keep the slot from everybody.
TEST_P(LaterFormat, AVersionThatIsDamagedIsNoLaterOne) {
  write_as_later();
  const auto file = file_like(GetParam());
  {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(8).put(3);  // the version stands behind the magic in both
  }
  Client client = open();
  ASSERT_TRUE(client.track(Event::page_view("home")).ok());
  EXPECT_FALSE(std::filesystem::exists(slot().parent_path() / "slot-0001"));
  EXPECT_TRUE(test::eventually([&] { return std::filesystem::exists(file.string() + ".bad"); }));
}

INSTANTIATE_TEST_SUITE_P(Files, LaterFormat, ::testing::Values(".seg", "ledger"),
                         [](const auto& file) {
                           return file.index == 0 ? std::string("Segment") : std::string("Ledger");
                         });

}  // namespace
}  // namespace penstock
