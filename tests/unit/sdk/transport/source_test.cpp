// Goal: a client finds a slot that it can write, and counts from there.
// Method: real folders.
#include "transport/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_directory.hpp"

namespace penstock::transport {
namespace {

class SourceTest : public ::testing::Test {
 protected:
  SourceTest() { options_.directory = directory_ / "telemetry"; }

  Source take() {
    auto source = take_own(options_);
    EXPECT_TRUE(source) << source.status().message();
    return *std::move(source);
  }
  static void append(const Source& source, int events) {
    for (int i = 0; i < events; ++i)
      ASSERT_EQ(source.journal->writer().append("{}").code, StatusCode::kOk);
  }
  static void acknowledge_all(const Source& source) {
    std::vector<journal::Record> records;
    ASSERT_GT(source.journal->reader().read(1000, 1 << 20, records), 0u);
    source.journal->reader().settle(records.back().seq, journal::Fate::kAcknowledged);
  }

  test::TempDirectory directory_;
  Options options_;
};

TEST_F(SourceTest, TheFirstSlotIsTakenAndTheNextClientTakesTheNext) {
  const Source first = take(), second = take();
  EXPECT_EQ(first.slot.number(), 0);
  EXPECT_EQ(second.slot.number(), 1);
  EXPECT_NE(first.journal->install_id(), second.journal->install_id());
}

TEST_F(SourceTest, WhatBecameOfEventsIsCountedSinceItWasTaken) {
  {
    const Source earlier = take();
    append(earlier, 3);
    acknowledge_all(earlier);
    EXPECT_EQ(earlier.since().acknowledged, 3u);
  }
  const Source source = take();
  EXPECT_EQ(source.since().settled(), 0u);
  append(source, 2);
  acknowledge_all(source);
  source.journal->ledger().refuse(wire::DropReason::kInvalid, wire::TypeId::kClick);
  EXPECT_EQ(source.since().acknowledged, 2u);
  EXPECT_EQ(source.since().dropped.of(wire::DropReason::kInvalid), 1u);
  EXPECT_EQ(source.since().settled(), 2u) << "what was refused was never recorded";
}

TEST_F(SourceTest, AFolderThatCannotBeMadeIsSaid) {
  std::ofstream(directory_ / "file") << "not a folder";
  options_.directory = directory_ / "file";
  const auto source = take_own(options_);
  EXPECT_EQ(source.status().code(), StatusCode::kIo);
  EXPECT_THAT(source.status().message(), ::testing::HasSubstr("file"));
}

}  // namespace
}  // namespace penstock::transport
