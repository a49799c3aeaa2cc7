// Goal: a redrive's report stays small, whatever clients have written. Method: letters without
// number, each of a type of its own.
#include "redrive_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace penstock::ctl {
namespace {

// The report of so many letters, each of which was brought by an edit.
RedriveReport report_of(int letters, const std::string& type) {
  RedriveReport report;
  for (int i = 0; i < letters; ++i) {
    Record record;
    record.value = R"({"a":1})";
    DeadLetter letter;
    letter.code = "unknown_event_type";
    letter.event_type = type + std::to_string(i);
    Judgement judgement;
    judgement.kind = Judgement::Kind::kAccepted;
    LetterMove move;
    move.kind = LetterMove::Kind::kBrought;
    move.topic = "user-activity";
    move.value = R"({"a":2})";
    report.add(record, letter, judgement, move, true);
  }
  return report;
}

TEST(RedriveReportTest, TypesThatAClientMakesUpTakeNoMemoryWithoutEnd) {
  RedriveReport all;
  for (int part = 0; part < 5; ++part)
    all.add(report_of(3000, "type-" + std::to_string(part) + '-'));
  const auto report = nlohmann::json::parse(all.to_json(true));
  EXPECT_EQ(report["letters"], 15'000);
  EXPECT_LE(report["classes"].size(), 1010U);
  std::uint64_t letters = 0;
  int examples = 0;
  for (const auto& row : report["classes"]) {
    letters += row["letters"].get<std::uint64_t>();
    examples += row.contains("before") ? 1 : 0;
  }
  EXPECT_EQ(letters, 15'000U);
  EXPECT_EQ(examples, 20);
}

TEST(RedriveReportTest, ATypeOfAMebibyteIsCut) {
  EXPECT_LT(report_of(3, std::string(1 << 20, 'x')).to_json(true).size(), 10'000U);
}

}  // namespace
}  // namespace penstock::ctl
