// Goal: what was recorded comes to the disk when it is due, and files that somebody deletes are
// made anew. Method: a real journal, no network; time passes by intervals of a millisecond.
#include "transport/upkeep.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "support/eventually.hpp"
#include "support/temp_directory.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;
using std::chrono::milliseconds;

class UpkeepTest : public ::testing::Test {
 protected:
  UpkeepTest() {
    options_.directory = directory_ / "telemetry";
    auto own = take_own(options_);
    EXPECT_TRUE(own) << own.status().message();
    auto consent = consent::ConsentGate::open(options_.directory, options_.without_consent);
    EXPECT_TRUE(consent);
    consent_.emplace(*std::move(consent));
    sources_.emplace(options_, *std::move(own), *consent_, control_, platform::system_time());
  }
  void append() { ASSERT_EQ(sources_->own().journal->writer().append("{}").code, StatusCode::kOk); }

  test::TempDirectory directory_;
  Options options_;
  Bell bell_;
  SenderControl control_{bell_};
  std::optional<consent::ConsentGate> consent_;
  std::optional<Sources> sources_;
};

TEST_F(UpkeepTest, WhatIsDueForTheDiskIsWrittenToIt) {
  Upkeep upkeep(*sources_, milliseconds(1));
  append();
  EXPECT_FALSE(upkeep.all_synced());
  EXPECT_TRUE(test::eventually([&] {
    upkeep.tend();
    return upkeep.all_synced();
  }));
  append();
  EXPECT_FALSE(upkeep.all_synced());
}

TEST_F(UpkeepTest, WithoutAnIntervalNothingIsEverDue) {
  Upkeep upkeep(*sources_, milliseconds(0));
  append();
  upkeep.tend();
  EXPECT_EQ(upkeep.next(), Clock::time_point::max());
  EXPECT_FALSE(upkeep.all_synced());
}

TEST_F(UpkeepTest, FilesThatSomebodyDeletesAreMadeAnewWithWhatIsPending) {
  Upkeep upkeep(*sources_, milliseconds(0));
  append();
  std::filesystem::remove_all(options_.directory);
  EXPECT_TRUE(test::eventually([&] {
    upkeep.tend();
    return std::filesystem::exists(sources_->own().slot.folder() / "ledger");
  }));
  EXPECT_EQ(sources_->own().journal->reader().pending(), 1u);
  append();
}

}  // namespace
}  // namespace penstock::transport
