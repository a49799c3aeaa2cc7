// Goal: the comparison finds each difference, so that the suite can fail. Method: change one thing at
// a time in a record that matches.
#include "conformance/record_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace penstock::conformance {
namespace {

using ::testing::HasSubstr;

Found record(const char* details = R"({"n":3})") {
  Json value = Json::parse(R"({"eventId":"0c1f8a52-7a51-5d1c-9a5e-0d6a7e4b2c11",
    "installId":"3f6c2b1e-8a0d-4a55-9c1f-0d6a7e4b2c11","seq":7,"schemaVersion":1,"clockSkewMs":-2,
    "timestamp":"2026-11-23T12:00:00.000Z","receivedAt":"2026-11-23T12:00:00.100Z",
    "correlationId":"c","eventType":"UserActivity","metadata":{"app":"x","os":"Linux"}})");
  value["details"] = Json::parse(details);
  return {"user-activity", "user-1", value};
}

Json expected(const char* details = R"({"n":3})") {
  return {{"value", {{"eventType", "UserActivity"}, {"details", Json::parse(details)}}}};
}

TEST(RecordMatchTest, WhatEveryRecordHasNeedsNotBeSaid) {
  EXPECT_EQ(record_mismatch({expected()}, {record()}), "");
}

TEST(RecordMatchTest, EachStampThatIsMissingOrOfAnotherFormIsFound) {
  for (const char* stamp : {"eventId", "installId", "seq", "schemaVersion", "clockSkewMs",
                            "timestamp", "receivedAt", "correlationId"}) {
    Found without = record(), wrong = record();
    without.value.erase(stamp);
    wrong.value[stamp] = Json::array();
    EXPECT_THAT(record_mismatch({expected()}, {without}), HasSubstr(stamp));
    EXPECT_THAT(record_mismatch({expected()}, {wrong}), HasSubstr(stamp));
  }
}

TEST(RecordMatchTest, OtherMissingAndFurtherMembersAreFound) {
  EXPECT_THAT(record_mismatch({expected()}, {record(R"({"n":4})")}), HasSubstr("details/n"));
  EXPECT_THAT(record_mismatch({expected()}, {record("{}")}), HasSubstr("details/n"));
  EXPECT_THAT(record_mismatch({expected()}, {record(R"({"n":3,"m":1})")}), HasSubstr("details/m"));
  EXPECT_THAT(record_mismatch({expected(R"({"n":[1,2]})")}, {record(R"({"n":[1]})")}),
              HasSubstr("details/n"));
}

TEST(RecordMatchTest, TheNumberOfRecordsTheirTopicAndKeyCount) {
  EXPECT_THAT(record_mismatch({expected()}, {}), HasSubstr("1 records, found 0"));
  EXPECT_THAT(record_mismatch({expected()}, {record(), record()}), HasSubstr("found 2"));
  Json of_another_topic = expected(), of_another_key = expected();
  of_another_topic["topic"] = "db-changes";
  of_another_key["key"] = "user-2";
  EXPECT_THAT(record_mismatch({of_another_topic}, {record()}), HasSubstr("topic"));
  EXPECT_THAT(record_mismatch({of_another_key}, {record()}), HasSubstr("key"));
}

TEST(RecordMatchTest, PlacesForValuesMatchWhatTheySay) {
  const auto both = [](const char* pattern, const char* value) {
    return record_mismatch({expected(pattern)}, {record(value)}).empty();
  };
  EXPECT_TRUE(both(R"({"a":"$uuid"})", R"({"a":"3f6c2b1e-8a0d-4a55-9c1f-0d6a7e4b2c11"})"));
  EXPECT_FALSE(both(R"({"a":"$uuid"})", R"({"a":"order-1"})"));
  EXPECT_FALSE(both(R"({"a":"$time"})", R"({"a":"today"})"));
  EXPECT_FALSE(both(R"({"a":"$number"})", R"({"a":-1})"));
  EXPECT_TRUE(both(R"({"a":"$same:x","b":"$same:x"})", R"({"a":1,"b":1})"));
  EXPECT_FALSE(both(R"({"a":"$same:x","b":"$same:x"})", R"({"a":1,"b":2})"));
  EXPECT_TRUE(both(R"({"a":"$has:mail"})", R"({"a":"[email]"})"));
  EXPECT_FALSE(both(R"({"a":"$has:mail"})", R"({"a":"[card]"})"));
}

TEST(ResultMatchTest, CodeMessageAndMembersCount) {
  const Json ok = Json::object();
  const Json refused = {{"code", "closed"}, {"message", "the client is closed"}};
  EXPECT_EQ(result_mismatch(ok, ok), "");
  EXPECT_THAT(result_mismatch(ok, refused), HasSubstr("the client is closed"));
  EXPECT_THAT(result_mismatch({{"code", "closed"}}, ok), HasSubstr("expected closed, got ok"));
  EXPECT_EQ(result_mismatch({{"code", "closed"}, {"message", "is closed"}}, refused), "");
  EXPECT_THAT(result_mismatch({{"code", "closed"}, {"message", "full"}}, refused),
              HasSubstr("\"full\""));
}

TEST(ResultMatchTest, AnswersMayHaveMoreMembersAndRows) {
  const Json answer = Json::parse(
      R"({"stats":{"recorded":2,"pending":0},"ledger":[{"type":"A","n":1},{"type":"B","n":2}]})");
  EXPECT_EQ(result_mismatch(Json::parse(R"({"stats":{"recorded":2}})"), answer), "");
  EXPECT_NE(result_mismatch(Json::parse(R"({"stats":{"recorded":3}})"), answer), "");
  EXPECT_NE(result_mismatch(Json::parse(R"({"stats":{"other":0}})"), answer), "");
  EXPECT_EQ(result_mismatch(Json::parse(R"({"ledger":[{"type":"B","n":2}]})"), answer), "");
  EXPECT_NE(result_mismatch(Json::parse(R"({"ledger":[{"type":"B","n":1}]})"), answer), "");
}

}  // namespace
}  // namespace penstock::conformance
