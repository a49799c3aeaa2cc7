// Goal: dead letters are read, chosen, counted and shown as what they are, whatever a client has put
// into them. Method: records as the gateway writes them, and as nobody does.
#include "dead_letter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "letter_stats.hpp"
#include "letter_view.hpp"
#include "time_bound.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNoon = 1'764'331'200'000;  // 2025-11-28T12:00:00Z

Record record_of(const std::string& code, const std::string& value,
                 const std::string& rejected_at = "2025-11-28T12:00:00.000Z") {
  Record record;
  record.topic = "dead-letter";
  record.partition = 3;
  record.offset = 17;
  record.timestamp_ms = kNoon + 5;
  record.value = value;
  record.headers = {
      {"code", code},    {"pointer", "/userId"},      {"message", "expected text"},
      {"keyId", "desk"}, {"rejectedAt", rejected_at}, {"context", R"({"app":"Desk"})"}};
  return record;
}

TEST(DeadLetterTest, IsReadFromItsHeadersAndItsEvent) {
  const auto letter =
      read_dead_letter(record_of("wrong_type", R"({"eventType":"UserActivity","userId":"u"})"));
  EXPECT_EQ(letter.code, "wrong_type");
  EXPECT_EQ(letter.pointer, "/userId");
  EXPECT_EQ(letter.key_id, "desk");
  EXPECT_EQ(letter.event_type, "UserActivity");
  EXPECT_EQ(letter.user_id, "u");
  EXPECT_EQ(letter.time_ms, kNoon);
}

TEST(DeadLetterTest, WhatIsNoEventAndWhatNoGatewayHasWrittenIsReadTooAndHasKafkasTime) {
  for (const char* value : {"", "not json", "[]", R"("cut")", R"({"eventType":7,"userId":null})"}) {
    const auto letter = read_dead_letter(record_of("malformed_json", value, "yesterday"));
    EXPECT_EQ(letter.event_type, "");
    EXPECT_EQ(letter.user_id, "");
    EXPECT_EQ(letter.time_ms, kNoon + 5);
  }
  EXPECT_EQ(read_dead_letter(Record()).code, "(no code)");
}

TEST(DeadLetterTest, AFilterTakesWhatIsOneOfEachThatWasGiven) {
  const auto letter =
      read_dead_letter(record_of("wrong_type", R"({"eventType":"UserActivity","userId":"u"})"));
  EXPECT_TRUE(LetterFilter().matches(letter));
  LetterFilter filter;
  filter.codes = {"missing_field", "wrong_type"};
  filter.users = {"u"};
  EXPECT_TRUE(filter.matches(letter));
  filter.types = {"DatabaseChange"};
  EXPECT_FALSE(filter.matches(letter));
}

TEST(DeadLetterTest, ATimeBoundTakesItsBeginAndNotItsEnd) {
  const auto letter = read_dead_letter(record_of("wrong_type", "{}"));
  LetterFilter filter;
  filter.since_ms = kNoon;
  EXPECT_TRUE(filter.matches(letter));
  filter.until_ms = kNoon;
  EXPECT_FALSE(filter.matches(letter));
  filter.until_ms = kNoon + 1;
  EXPECT_TRUE(filter.matches(letter));
  filter.since_ms = kNoon + 1;
  EXPECT_FALSE(filter.matches(letter));
}

TEST(TimeBoundTest, TimesDaysAndSpansAreRead) {
  EXPECT_EQ(parse_time_bound("2025-11-28T12:00:00Z", 0), kNoon);
  EXPECT_EQ(parse_time_bound("2025-11-28T13:00:00+01:00", 0), kNoon);
  EXPECT_EQ(parse_time_bound("2025-11-28", 0), kNoon - 12 * 3'600'000);
  EXPECT_EQ(parse_time_bound("30m", kNoon), kNoon - 1'800'000);
  EXPECT_EQ(parse_time_bound("7d", kNoon), kNoon - 7 * 86'400'000);
  EXPECT_EQ(parse_time_bound("0s", kNoon), kNoon);
}

TEST(TimeBoundTest, WhatIsNoTimeIsRefusedWithExamples) {
  for (const char* text : {"", "h", "yesterday", "-1h", "1.5h", "1w", "2025-13-01", "100001d",
                           "99999999999999999999s"}) {
    try {
      parse_time_bound(text, kNoon);
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& fault) {
      EXPECT_THAT(fault.what(), HasSubstr("30m, 2h, 7d"));
    }
  }
}

DeadLetter letter(const std::string& code, std::int64_t time_ms, const std::string& user = "") {
  DeadLetter made;
  made.code = code;
  made.user_id = user;
  made.time_ms = time_ms;
  return made;
}

TEST(LetterStatsTest, CountsByEachThingAndOverTime) {
  LetterStats stats;
  for (int i = 0; i < 3; ++i) stats.add(letter("missing_field", kNoon + i, "anna"));
  stats.add(letter("wrong_type", kNoon + 120'000));
  const json counted = json::parse(stats.to_json());
  EXPECT_EQ(counted["letters"], 4);
  EXPECT_EQ(counted["first"], "2025-11-28T12:00:00.000Z");
  EXPECT_EQ(counted["last"], "2025-11-28T12:02:00.000Z");
  EXPECT_EQ(counted["by"]["code"][0]["value"], "missing_field");
  EXPECT_EQ(counted["by"]["code"][0]["letters"], 3);
  EXPECT_EQ(counted["by"]["code"][0]["last"], "2025-11-28T12:00:00.002Z");
  EXPECT_EQ(counted["by"]["user"][1]["value"], "(none)");
  ASSERT_EQ(counted["overTime"].size(), 3u);
  EXPECT_EQ(counted["overTime"][0]["letters"], 3);
  EXPECT_EQ(counted["overTime"][1]["letters"], 0);
  EXPECT_EQ(counted["overTime"][2]["from"], "2025-11-28T12:02:00.000Z");
}

TEST(LetterStatsTest, TablesHaveTheMostFrequentRowsAndSayWhatTheyLeaveOut) {
  LetterStats stats;
  for (int i = 0; i < 10; ++i) {
    for (int n = 0; n <= i; ++n) stats.add(letter("code-" + std::to_string(i), kNoon));
  }
  EXPECT_THAT(stats.to_text(2),
              AllOf(HasSubstr("code-9  "), HasSubstr("code-8  "), Not(HasSubstr("code-7")),
                    HasSubstr("and 8 more with 36 letters; see --rows")));
}

TEST(LetterStatsTest, NothingIsNothing) {
  EXPECT_EQ(LetterStats().to_text(10), "no dead letters\n");
  EXPECT_EQ(json::parse(LetterStats().to_json())["letters"], 0);
}

TEST(LetterStatsTest, TimesFarApartAndValuesWithoutEndAreBounded) {
  LetterStats stats;
  for (const std::int64_t time : {std::int64_t{0}, kNoon, std::int64_t{250'000'000'000'000}})
    stats.add(letter("a", time));
  for (int i = 0; i < 20'000; ++i) stats.add(letter("made-up-" + std::to_string(i), kNoon));
  const json counted = json::parse(stats.to_json());
  EXPECT_LE(counted["overTime"].size(), 1000u);
  EXPECT_LE(counted["by"]["code"].size(), 10'001u);
  EXPECT_EQ(counted["by"]["code"][0]["value"], "(others)");
  EXPECT_LT(stats.to_text(10).size(), 200'000u);
}

TEST(LetterStatsTest, NothingThatAClientMadeUpSteersTheTerminal) {
  LetterStats stats;
  stats.add(letter("\x1b[31mred\r\n", kNoon, "\xc2\x9b"));
  EXPECT_THAT(stats.to_text(10),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r")), Not(HasSubstr("\xc2\x9b"))));
}

TEST(LetterViewTest, APageHasTheReasonThePlaceTheHeadersAndTheEvent) {
  const auto record = record_of("wrong_type", R"({"userId":7,"deep":{"a":[1]}})");
  EXPECT_THAT(to_page(record, read_dead_letter(record)),
              AllOf(HasSubstr("wrong_type at /userId: expected text\n"),
                    HasSubstr("place           dead-letter[3]@17\n"),
                    HasSubstr("keyId           desk\n"), HasSubstr("\n    \"userId\": 7,\n"),
                    HasSubstr("the context of its batch:\n  {\n    \"app\": \"Desk\"\n")));
}

TEST(LetterViewTest, WhatIsNoJsonIsShownAsItIsAndSteersNoTerminal) {
  const auto record = record_of("malformed_json", "{\"a\x1b[2J\nline two");
  const auto page = to_page(record, read_dead_letter(record));
  EXPECT_THAT(page, AllOf(HasSubstr("\n  line two\n"), Not(HasSubstr("\x1b"))));
}

TEST(LetterViewTest, PlacesAreReadAsListShowsThem) {
  for (const char* text : {"[3]@17", "3@17", "dead-letter[3]@17", "staging.dead-letter[3]@17"}) {
    EXPECT_EQ(parse_place(text).partition, 3);
    EXPECT_EQ(parse_place(text).offset, 17);
  }
  for (const char* text : {"", "17", "[3]", "[x]@1", "[3]@", "[3]@-1", "[3]@99999999999999999999"})
    EXPECT_THROW(parse_place(text), std::runtime_error) << text;
}

}  // namespace
}  // namespace penstock::ctl
