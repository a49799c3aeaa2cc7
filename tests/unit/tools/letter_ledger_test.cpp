// Goal: what has been redriven is known exactly, by whoever reads the topic. Method: places around the
// limits of blocks, written by one ledger and read by another; records that no redrive has written.
#include "letter_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace penstock::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LetterLedger, KnowsExactlyThePlacesThatWereAdded) {
  constexpr std::int64_t kEdge = LetterLedger::kBlock;
  LetterLedger written;
  for (const std::int64_t offset : {std::int64_t{0}, kEdge - 1, kEdge, 5 * kEdge + 17})
    written.add(3, offset);
  LetterLedger read;
  for (const auto& [key, value] : written.changed()) read.read(key, value);
  for (std::int64_t offset = 0; offset < 6 * kEdge; ++offset) {
    EXPECT_EQ(read.has(3, offset),
              offset == 0 || offset == kEdge - 1 || offset == kEdge || offset == 5 * kEdge + 17)
        << offset;
    EXPECT_FALSE(read.has(0, offset));
  }
}

TEST(LetterLedger, TellsWhereThePartitionsLastOneIs) {
  LetterLedger ledger;
  EXPECT_EQ(ledger.end_of(0), 0);
  ledger.add(1, 0);
  ledger.add(1, 3 * LetterLedger::kBlock + 17);
  ledger.add(3, 5);
  EXPECT_EQ(ledger.end_of(1), 3 * LetterLedger::kBlock + 18);
  EXPECT_EQ(ledger.end_of(3), 6);
  EXPECT_EQ(ledger.end_of(0), 0);
  EXPECT_EQ(ledger.end_of(2), 0);
  EXPECT_EQ(ledger.end_of(4), 0);
}

TEST(LetterLedger, TellsOnlyWhatHasChangedAndTheNewestRecordCounts) {
  LetterLedger ledger;
  EXPECT_THAT(ledger.changed(), IsEmpty());
  ledger.add(0, 1);
  ledger.add(1, LetterLedger::kBlock);
  const auto first = ledger.changed();
  EXPECT_THAT(first,
              UnorderedElementsAre(Pair("0/0", std::string("\2") + std::string(1023, '\0')),
                                   Pair("1/1", std::string("\1") + std::string(1023, '\0'))));
  ledger.add(0, 2);
  const auto second = ledger.changed();
  ASSERT_EQ(second.size(), 1U);
  LetterLedger read;
  for (const auto& [key, value] : first) read.read(key, value);
  read.read(second[0].first, second[0].second);
  EXPECT_TRUE(read.has(0, 1) && read.has(0, 2) && read.has(1, LetterLedger::kBlock));
}

TEST(LetterLedger, ARecordOfAnotherProgramIsRefused) {
  const std::string block(1024, '\0');
  for (const char* key : {"", "3", "3/", "/3", "a/1", "-1/0", "3/4x", "99999999999999999999/0"}) {
    LetterLedger ledger;
    EXPECT_THROW(ledger.read(key, block), std::runtime_error) << key;
  }
  LetterLedger ledger;
  EXPECT_THROW(ledger.read("0/0", "short"), std::runtime_error);
}

TEST(RunEndsTest, AreReadAsTheyWereWritten) {
  const RunEnds run{"digest", {{0, 17}, {5, 4'000'000'000}}};
  const auto read = RunEnds::from_value(run.to_value());
  EXPECT_EQ(read.ends, run.ends);
  EXPECT_EQ(read.command, "digest");
  for (const char* value :
       {"nonsense", "{}", R"({"command":1,"ends":{}})", R"({"command":"c","ends":{"a":1}})",
        R"({"command":"c","ends":{"1":""}})"})
    EXPECT_THROW(RunEnds::from_value(value), std::runtime_error) << value;
}

TEST(LetterLedgerTest, AForeignRecordSteersNoTerminal) {
  LetterLedger ledger;
  try {
    ledger.read("\x1b[2Jgone", "");
    FAIL() << "it was taken";
  } catch (const std::runtime_error& fault) {
    EXPECT_EQ(std::string(fault.what()).find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace penstock::ctl
