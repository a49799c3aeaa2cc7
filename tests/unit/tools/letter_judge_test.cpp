// Goal: a dead letter is judged as the gateway would judge its event today, and what comes of it is
// the record that would have come. Method: letters as the gateway writes them, and as nobody does.
#include "letter_judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "support/temp_directory.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kId = "3f6c2b1e-8a0d-4a55-9c1f-0d6a7e4b2c11";
constexpr const char* kGood =
    R"({"seq":7,"eventType":"UserActivity","timestamp":"2025-11-28T11:59:58.000Z",)"
    R"("activityType":"Click","userId":"u-1","metadata":{"os":"BeOS"}})";
constexpr const char* kMisnamed =
    R"({"seq":7,"eventType":"UserActivity","timestamp":"2025-11-28T11:59:58.000Z",)"
    R"("activitytype":"Click","userId":"u-1"})";
constexpr const char* kRename = R"([{"op":"move","from":"/activitytype","path":"/activityType"}])";

Record letter_of(const std::string& value) {
  Record letter;
  letter.topic = "dead-letter";
  letter.partition = 5;
  letter.offset = 17;
  letter.timestamp_ms = 1'764'331'200'005;
  letter.key = "install-1";
  letter.value = value;
  letter.headers = {{"code", "missing_field"},
                    {"rejectedAt", "2025-11-28T12:00:00.000Z"},
                    {"eventId", kId},
                    {"correlationId", "flow-1"},
                    {"context", R"({"app":"Desk","os":"Linux"})"}};
  return letter;
}

Judgement judge(const Record& letter, const LetterEdit* edit = nullptr) {
  return LetterJudge({"staging.", "", {}, {}}).judge(letter, edit);
}

TEST(LetterJudge, AnEventThatIsGoodTodayBecomesTheRecordThatItWouldHaveBeen) {
  const auto judgement = judge(letter_of(kGood));
  ASSERT_EQ(judgement.kind, Judgement::Kind::kAccepted) << judgement.message;
  EXPECT_EQ(judgement.topic, "staging.user-activity");
  EXPECT_EQ(judgement.key, "u-1");
  const json record = json::parse(judgement.value);
  EXPECT_EQ(record["eventId"], kId);
  EXPECT_EQ(record["correlationId"], "flow-1");
  EXPECT_EQ(record["receivedAt"], "2025-11-28T12:00:00.000Z");
  EXPECT_EQ(record["timestamp"], "2025-11-28T11:59:58.000Z");
  EXPECT_EQ(record["installId"], "install-1");
  EXPECT_EQ(record["seq"], 7);
  EXPECT_EQ(record["metadata"]["app"], "Desk");
  EXPECT_EQ(record["metadata"]["os"], "BeOS");
  EXPECT_THAT(judgement.headers,
              ElementsAre(std::pair("eventId", kId), std::pair("correlationId", "flow-1"),
                          std::pair("schema", "UserActivity/1")));
}

TEST(LetterJudge, AnEventIsMaskedByTheRulesOfTheKeyThatSentTheLetter) {
  JudgeSettings settings;
  settings.privacy.remove_fields = {"os"};
  settings.privacy_of_keys["desk"].remove_fields = {"app"};
  const LetterJudge judge(settings);
  Record letter = letter_of(kGood);
  EXPECT_EQ(json::parse(judge.judge(letter, nullptr).value)["metadata"],
            json({{"app", "Desk"}, {"os", "[removed]"}}));
  letter.headers.emplace_back("keyId", "desk");
  EXPECT_EQ(json::parse(judge.judge(letter, nullptr).value)["metadata"],
            json({{"app", "[removed]"}, {"os", "BeOS"}}));
}

TEST(LetterJudge, AnEventThatIsBadTodayTooIsRejectedWithTheReasonOfToday) {
  const auto judgement = judge(letter_of(kMisnamed));
  EXPECT_EQ(judgement.kind, Judgement::Kind::kRejected);
  EXPECT_EQ(judgement.code, "missing_field");
  EXPECT_EQ(judgement.pointer, "/activityType");
}

TEST(LetterJudge, AnEditMendsWhatItFitsAndLeavesTheRestAlone) {
  const LetterEdit edit(kRename, "patch.json");
  const auto mended = judge(letter_of(kMisnamed), &edit);
  ASSERT_EQ(mended.kind, Judgement::Kind::kAccepted) << mended.message;
  EXPECT_EQ(json::parse(mended.value)["activityType"], "Click");
  EXPECT_FALSE(json::parse(mended.value).contains("activitytype"));
  const auto unedited = judge(letter_of(kGood), &edit);
  EXPECT_EQ(unedited.kind, Judgement::Kind::kUnedited);
  EXPECT_THAT(unedited.message, HasSubstr("activitytype"));
}

TEST(LetterJudge, PersonalDataThatAnEditBringsIsMasked) {
  const LetterEdit edit(R"([{"op":"add","path":"/activityType","value":"Click"},)"
                        R"({"op":"add","path":"/details","value":{"who":"anna@example.com"}}])",
                        "patch.json");
  const auto judgement = judge(letter_of(kMisnamed), &edit);
  ASSERT_EQ(judgement.kind, Judgement::Kind::kAccepted);
  EXPECT_EQ(json::parse(judgement.value)["details"]["who"], "[email]");
}

TEST(LetterJudge, OfWhatIsNoEventNothingIsMade) {
  for (const char* value :
       {"", "\"cut at its {\"", "{", "[]", "nonsense", "{}],\"dropped\":{\"a\":1},\"x\":[{}",
        "{\"a\":1}],\"x\":[{}", "{},{}", "{} {}"}) {
    const auto kind = judge(letter_of(value)).kind;
    EXPECT_TRUE(kind == Judgement::Kind::kUnreadable || kind == Judgement::Kind::kRejected)
        << value;
  }
}

TEST(LetterJudge, AForeignLetterGetsTheSameIdInEachRun) {
  Record letter = letter_of(kGood);
  letter.headers.clear();
  letter.key.reset();
  const auto first = judge(letter), second = judge(letter);
  ASSERT_EQ(first.kind, Judgement::Kind::kAccepted) << first.message;
  EXPECT_EQ(first.value, second.value);
  EXPECT_EQ(json::parse(first.value)["receivedAt"], "2025-11-28T12:00:00.005Z");
}

TEST(LetterJudge, CustomTypesAreJudgedByTheirSchemas) {
  const test::TempDirectory folder;
  std::ofstream(folder / "Invoice.v1.json") << R"({"required":["total"]})";
  const LetterJudge judge({"", folder.path(), {}});
  const auto with = [](const std::string& field) {
    return letter_of(R"({"eventType":"Invoice","timestamp":"2025-11-28T11:59:58.000Z")" + field +
                     "}");
  };
  EXPECT_EQ(judge.judge(with(R"(,"total":1)"), nullptr).topic, "custom-events");
  EXPECT_EQ(judge.judge(with(""), nullptr).code, "schema_violation");
  EXPECT_EQ(judge.topics().size(), 3U);
  EXPECT_THROW(LetterJudge({"", folder / "nowhere", {}}), std::runtime_error);
}

TEST(LetterEditTest, WhatIsNoPatchIsRefusedWithItsPlace) {
  const auto fault_of = [](const std::string& text) -> std::string {
    try {
      const LetterEdit edit(text, "patch.json");
      return "none";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  EXPECT_THAT(fault_of(R"([{"op":"move","fr)"), HasSubstr("patch.json: not JSON, or cut off"));
  EXPECT_THAT(fault_of(R"({"op":"remove","path":"/a"})"), HasSubstr("not a list of operations"));
  EXPECT_THAT(fault_of(R"([{"op":"remove","path":"/a"},{"op":"erase","path":"/a"}])"),
              HasSubstr("operation 1: "));
  EXPECT_THAT(fault_of(R"([{"op":"move","path":"/a"}])"), HasSubstr("operation 0: "));
  EXPECT_THAT(fault_of(R"([{"op":"remove","path":"a"}])"), HasSubstr("operation 0: "));
  EXPECT_THAT(fault_of(std::string(100'000, '[')), HasSubstr("not JSON"));
  EXPECT_EQ(fault_of(kRename), "none");
  EXPECT_EQ(fault_of(R"([{"op":"test","path":"/a","value":1}])"), "none");
}

TEST(LetterEditTest, MembersKeepTheirOrder) {
  std::string fault;
  const LetterEdit edit(R"([{"op":"replace","path":"/b","value":2},{"op":"remove","path":"/a"},)"
                        R"({"op":"add","path":"/e","value":null}])",
                        "patch.json");
  EXPECT_EQ(edit.apply(R"({"z":0,"a":1,"b":1,"c":1})", fault), R"({"z":0,"b":2,"c":1,"e":null})");
}

}  // namespace
}  // namespace penstock::ctl
