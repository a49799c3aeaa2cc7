// Goal: a record belongs to an id by the fields that are documented, however the id is written, and
// what is skipped unparsed never belongs. Method: records as the gateway writes them, and as nobody
// does.
#include "trace_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace penstock::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kTraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

Record traced(std::string value) {
  Record record;
  record.topic = "user-activity";
  record.key = "key-1";
  record.value = std::move(value);
  record.headers = {
      {"eventId", "event-1"},
      {"correlationId", "flow-1"},
      {"traceparent", std::string("00-") + kTraceId + "-00f067aa0ba902b7-01"},
  };
  return record;
}

std::vector<IdField> fields_of(const std::string& id, const Record& record) {
  return IdMatcher(id).match(record);
}

TEST(TraceMatchTest, EachFieldOfTheEventIsAnId) {
  const auto record = traced(R"({"userId":"u","sessionId":"s","correlationId":"c","eventId":"e",)"
                             R"("installId":"i","recordId":"r","pageId":"p"})");
  EXPECT_THAT(fields_of("u", record), ElementsAre(IdField::kUser));
  EXPECT_THAT(fields_of("s", record), ElementsAre(IdField::kSession));
  EXPECT_THAT(fields_of("c", record), ElementsAre(IdField::kCorrelation));
  EXPECT_THAT(fields_of("e", record), ElementsAre(IdField::kEvent));
  EXPECT_THAT(fields_of("i", record), ElementsAre(IdField::kInstall));
  EXPECT_THAT(fields_of("r", record), ElementsAre(IdField::kRecord));
  EXPECT_THAT(fields_of("p", record), IsEmpty());
  EXPECT_THAT(fields_of("", record), IsEmpty());
}

TEST(TraceMatchTest, TheWholeFieldMustBeTheIdAndBeTextOfTheEventItself) {
  EXPECT_THAT(fields_of("user-1", traced(R"({"userId":"user-11"})")), IsEmpty());
  EXPECT_THAT(fields_of("1", traced(R"({"userId":1})")), IsEmpty());
  EXPECT_THAT(fields_of("u", traced(R"({"details":{"userId":"u"}})")), IsEmpty());
  EXPECT_THAT(fields_of("u", traced(R"(["u"])")), IsEmpty());
  EXPECT_THAT(fields_of("u", traced("u is no JSON")), IsEmpty());
}

TEST(TraceMatchTest, OneValueInTwoFieldsIsBoth) {
  EXPECT_THAT(fields_of("x", traced(R"({"userId":"x","sessionId":"x"})")),
              ElementsAre(IdField::kUser, IdField::kSession));
  EXPECT_THAT(IdMatcher("x", IdField::kSession).match(traced(R"({"userId":"x","sessionId":"x"})")),
              ElementsAre(IdField::kSession));
  EXPECT_THAT(IdMatcher("x", IdField::kTrace).match(traced(R"({"userId":"x","trace-id":"x"})")),
              IsEmpty());
}

TEST(TraceMatchTest, HeadersNameEventFlowAndTrace) {
  const auto record = traced("no JSON");
  EXPECT_THAT(fields_of("event-1", record), ElementsAre(IdField::kEvent));
  EXPECT_THAT(fields_of("flow-1", record), ElementsAre(IdField::kCorrelation));
  EXPECT_THAT(fields_of(kTraceId, record), ElementsAre(IdField::kTrace));
  EXPECT_THAT(fields_of("00f067aa0ba902b7", record), IsEmpty()) << "its parent-id is no trace-id";
  auto broken = record;
  broken.headers[2].second = std::string("00-") + kTraceId;
  EXPECT_THAT(fields_of(kTraceId, broken), IsEmpty());
}

TEST(TraceMatchTest, AnEscapedIdIsFoundHoweverItIsEscaped) {
  EXPECT_THAT(fields_of("a\"b", traced(R"({"userId":"a\"b"})")), ElementsAre(IdField::kUser));
  EXPECT_THAT(fields_of("a/b", traced(R"({"userId":"a\/b"})")), ElementsAre(IdField::kUser));
  EXPECT_THAT(fields_of("Zoë", traced(R"({"userId":"Zo\u00eb"})")), ElementsAre(IdField::kUser));
  EXPECT_THAT(fields_of("Zoë", traced(R"({"userId":"Zoë"})")), ElementsAre(IdField::kUser));
  EXPECT_THAT(fields_of("u-1", traced(R"({"userId":"u\u002d1"})")), ElementsAre(IdField::kUser));
}

TEST(TraceMatchTest, TheKeyOfADeadLetterIsItsInstall) {
  auto letter = traced(R"({"userId":"u"})");
  letter.key = "install-1";
  EXPECT_THAT(fields_of("install-1", letter), IsEmpty());
  letter.headers.emplace_back("code", "missing_field");
  EXPECT_THAT(fields_of("install-1", letter), ElementsAre(IdField::kInstall));
  EXPECT_THAT(fields_of("u", letter), ElementsAre(IdField::kUser));
  letter.value = R"("{\"userId\":\"cut off)";
  EXPECT_THAT(fields_of("flow-1", letter), ElementsAre(IdField::kCorrelation));
}

TEST(TraceMatchTest, OnlyWhatMayHoldTheIdIsParsed) {
  const IdMatcher matcher("user-1");
  EXPECT_FALSE(matcher.may_match(traced(R"({"userId":"user-2"})")));
  EXPECT_TRUE(matcher.may_match(traced(R"({"userId":"user-1"})")));
  EXPECT_TRUE(matcher.may_match(traced(R"({"userId":"\u0075ser-1"})")));
}

TEST(TraceMatchTest, AnEventDeeperThanAStackIsMatchedByItsHeaders) {
  const auto record = traced(std::string(200'000, '[') + "user-1");
  EXPECT_THAT(fields_of("user-1", record), IsEmpty());
  EXPECT_THAT(fields_of("flow-1", record), ElementsAre(IdField::kCorrelation));
}

TEST(TraceMatchTest, KindsOfIdsAreNamedInTheOrderOfTheirFields) {
  EXPECT_EQ(parse_id_field("user"), IdField::kUser);
  EXPECT_EQ(parse_id_field("trace"), IdField::kTrace);
  EXPECT_THROW(parse_id_field("page"), std::runtime_error);
}

}  // namespace
}  // namespace penstock::ctl
