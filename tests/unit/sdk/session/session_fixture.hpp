// A journal in a folder, a session's file beside it, and clocks that the test moves.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "session/killed_session.hpp"
#include "session/sessions.hpp"
#include "support/fake_time.hpp"
#include "support/temp_directory.hpp"

namespace penstock::session::test {

using penstock::test::FakeTime;
using penstock::test::TempDirectory;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionFixture : public ::testing::Test {
 protected:
  SessionFixture() { open_journal(); }

  void open_journal() {
    auto opened = journal::Journal::open(directory_.path(), journal_options_);
    ASSERT_TRUE(opened) << opened.status().message();
    journal_ = *std::move(opened);
  }
  // As the next process finds it, whatever the one before was doing.
  void reopen_journal() {
    journal_.reset();
    open_journal();
  }
  SessionFile open_file() {
    auto folder = platform::Folder::open(directory_.path());
    auto file = SessionFile::open_or_create(*folder);
    EXPECT_TRUE(file) << file.status().message();
    return *std::move(file);
  }

  std::uint64_t append(const std::string& payload = R"({"activityType":"Click"})") {
    return journal_->writer().append(payload).seq;
  }
  // What is in the journal and not settled, and is a session's.
  std::vector<nlohmann::json> session_events() {
    journal_->reader().rewind();
    std::vector<journal::Record> records;
    journal_->reader().read(1000, 1 << 20, records);
    std::vector<nlohmann::json> events;
    for (const auto& record : records) {
      auto event = nlohmann::json::parse(record.payload);
      if (event.contains("sessionId") || event["activityType"] == "PageEnd")
        events.push_back(std::move(event));
    }
    return events;
  }
  // As "SessionEnd killed".
  std::vector<std::string> session_kinds() {
    std::vector<std::string> kinds;
    for (const auto& event : session_events()) {
      std::string kind = event["activityType"];
      if (kind == "SessionEnd") kind += " " + std::string(event["details"]["endReason"]);
      kinds.push_back(std::move(kind));
    }
    return kinds;
  }
  void settle_all() {
    journal_->reader().rewind();
    std::vector<journal::Record> records;
    journal_->reader().read(1000, 1 << 20, records);
    if (!records.empty())
      journal_->reader().settle(records.back().seq, journal::Fate::kAcknowledged);
  }

  TempDirectory directory_;
  FakeTime time_;
  journal::JournalOptions journal_options_{128 << 10, 64 << 10, 16 << 10};
  std::unique_ptr<journal::Journal> journal_;
  const Who who_{R"("session-1")", R"("user-1")"};
};

}  // namespace penstock::session::test
