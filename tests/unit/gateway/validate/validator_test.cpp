// Goal: an event is accepted exactly if it is what its type says, and else told where and what was
// expected. Method: a valid event of each type, then with one thing changed; limits at -1, at and
// +1.
#include "validate/validator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/gateway/decode/decoding.hpp"
#include "unit/gateway/validate/schema_folder.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp
using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<Batch> checked(const std::string& event) {
  auto batch = decode_json("[" + event + "]");
  Validator().check(*batch);
  return batch;
}

// "" if accepted, else "<code> <pointer>".
std::string result(const std::string& event) {
  const auto batch = checked(event);
  const auto& reject = batch->events.at(0).reject;
  return reject ? verdict(batch->events[0]) + " " + reject->pointer : "";
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

TEST(ValidatorTest, CompleteEventsOfBothTypesAreAccepted) {
  EXPECT_EQ(result(click()), "");
  EXPECT_EQ(result(approval()), "");
  const std::string all =
      R"(,"seq":1,"userId":"u","sessionId":"s","pageId":"p","correlationId":"c","installId":"i","eventId":"e",)"
      R"("metadata":{},"details":{"x":[1]},"schemaVersion":2,"own":[null],"receivedAt":7,"clockSkewMs":"x")";
  EXPECT_EQ(result(click(all)), "");
  EXPECT_EQ(result(approval(all)), "");
}

TEST(ValidatorTest, TimestampAndSeqAreReadForLaterStages) {
  const auto batch = checked(click(R"(,"seq":42)"));
  EXPECT_EQ(batch->events[0].timestamp_ms, kReceivedAtMs);
  EXPECT_EQ(batch->events[0].seq, 42u);
  EXPECT_EQ(checked(click())->events[0].seq, 0u);
}

TEST(ValidatorTest, EscapedTextsAreReadAsWhatTheyStandFor) {
  EXPECT_EQ(result(escaped(click(R"(,"userId":"u","sessionId":"s","pageId":"p")"))), "");
  EXPECT_EQ(result(escaped(approval())), "");
  EXPECT_EQ(checked(escaped(click()))->events[0].timestamp_ms, kReceivedAtMs);
}

TEST(ValidatorTest, EachRequiredFieldIsMissed) {
  EXPECT_EQ(result("{}"), "missing_field /eventType");
  EXPECT_EQ(result(R"({"eventType":null})"), "missing_field /eventType");
  EXPECT_EQ(result(R"({"eventType":"UserActivity"})"), "missing_field /timestamp");
  EXPECT_EQ(result(R"({"eventType":"UserActivity","timestamp":"2024-12-08T12:34:56Z"})"),
            "missing_field /activityType");
  EXPECT_EQ(
      result(R"({"eventType":"DatabaseChange","timestamp":"2024-12-08T12:34:56Z","action":"A"})"),
      "missing_field /recordId");
  EXPECT_EQ(
      result(R"({"eventType":"DatabaseChange","timestamp":"2024-12-08T12:34:56Z","recordId":"r"})"),
      "missing_field /action");
}

TEST(ValidatorTest, UnknownEventTypesAreRejected) {
  for (const char* type : {"", "useractivity", "UserActivity ", "Other"}) {
    EXPECT_EQ(result(R"({"eventType":")" + std::string(type) + "\"}"),
              "unknown_event_type /eventType");
  }
  EXPECT_EQ(result(R"({"eventType":7})"), "wrong_type /eventType");
}

TEST(ValidatorTest, WhatIsNoTimeIsRejected) {
  const auto at = [](const std::string& value) {
    return result(R"({"eventType":"UserActivity","activityType":"Click","timestamp":)" + value +
                  "}");
  };
  EXPECT_EQ(at(quoted("2024-12-08T13:34:56+01:00")), "");
  for (const char* text : {"", "yesterday", "2024-12-08", "2024-12-08T12:34:56",
                           "2024-13-08T12:34:56Z", "2024-02-30T12:34:56Z", "1733661296789"}) {
    EXPECT_EQ(at(quoted(text)), "invalid_timestamp /timestamp") << text;
  }
  EXPECT_EQ(at("1733661296789"), "wrong_type /timestamp");
}

TEST(ValidatorTest, SeqIsAWholeNumberFromOne) {
  for (const char* seq : {"1", "9007199254740990", "9007199254740991"}) {
    EXPECT_EQ(result(click(R"(,"seq":)" + std::string(seq))), "") << seq;
  }
  for (const char* seq : {"0", "-1", "1.0", "1e3", "9007199254740992", "99999999999999999999",
                          "\"1\"", "true", "[]", "{}"}) {
    EXPECT_EQ(result(click(R"(,"seq":)" + std::string(seq))), "invalid_seq /seq") << seq;
  }
}

TEST(ValidatorTest, SchemaVersionIsAWholeNumberFromOne) {
  EXPECT_EQ(result(click(R"(,"schemaVersion":1000000)")), "");
  for (const char* version : {"0", "-1", "1.5", "1000001", "\"1\"", "{}"}) {
    EXPECT_EQ(result(click(R"(,"schemaVersion":)" + std::string(version))),
              "wrong_type /schemaVersion")
        << version;
  }
}

TEST(ValidatorTest, EachIdentifierKeepsItsRules) {
  for (const std::string name : {"userId", "sessionId", "pageId", "recordId", "action",
                                 "correlationId", "installId", "eventId"}) {
    const auto with = [&](const std::string& value) {
      return result(click(",\"" + name + "\":" + value));
    };
    EXPECT_EQ(with(quoted(std::string(255, 'x'))), "") << name;
    EXPECT_EQ(with(quoted(std::string(256, 'x'))), "") << name;
    EXPECT_EQ(with(quoted(std::string(257, 'x'))), "invalid_identifier /" + name);
    EXPECT_EQ(with(quoted("")), "invalid_identifier /" + name);
    EXPECT_EQ(with(quoted("a\\u0000b")), "invalid_identifier /" + name);
    EXPECT_EQ(with(quoted("a\\nb")), "invalid_identifier /" + name);
    EXPECT_EQ(with(quoted("a\\u001fb")), "invalid_identifier /" + name);
    EXPECT_EQ(with(quoted("a\x7F")), "") << name;
    EXPECT_EQ(with(quoted("caf\xC3\xA9 \\u00e9")), "") << name;
    EXPECT_EQ(with("7"), "wrong_type /" + name);
    EXPECT_EQ(with("{}"), "wrong_type /" + name);
    EXPECT_EQ(with("null"), "") << name;
  }
}

TEST(ValidatorTest, MetadataAndDetailsAreObjects) {
  for (const std::string name : {"metadata", "details"}) {
    for (const char* value : {"[]", "\"x\"", "7", "true"}) {
      EXPECT_EQ(result(click(",\"" + name + "\":" + value)), "wrong_type /" + name) << value;
    }
  }
}

TEST(ValidatorTest, SeqOfARejectedEventIsReadToo) {
  const auto batch = checked(R"({"eventType":"Other","seq":9})");
  EXPECT_EQ(verdict(batch->events[0]), "unknown_event_type");
  EXPECT_EQ(batch->events[0].seq, 9u);
}

TEST(ValidatorTest, TheMessageSaysWhatWasExpectedAndNothingOfWhatCame) {
  const auto batch = checked(click(R"(,"userId":"secret\u0000")"));
  EXPECT_THAT(batch->events[0].reject->message, HasSubstr("256 bytes"));
  EXPECT_THAT(batch->events[0].reject->message, Not(HasSubstr("secret")));
}

// A Validator that knows Purchase in the versions 1 and 3.
class CustomTypesTest : public ::testing::Test {
 protected:
  std::shared_ptr<Batch> checked_here(const std::string& events) const {
    auto batch = decode_json("[" + events + "]");
    validator_.check(*batch);
    for (Event& event : batch->events) looked_at_ += validator_.check_schema(*batch, event);
    return batch;
  }
  // "" if accepted, else "<code> <pointer>".
  std::string result_here(const std::string& event) const {
    const auto batch = checked_here(event);
    const auto& reject = batch->events.at(0).reject;
    return reject ? verdict(batch->events[0]) + " " + reject->pointer : "";
  }
  static std::string purchase(const std::string& more = R"(,"details":{"total":1})") {
    return R"({"eventType":"Purchase","timestamp":"2024-12-08T12:34:56.789Z")" + more + "}";
  }

  const LoadedSchemas schemas_ = SchemaFolder()
                                     .add("Purchase.v1.json", kPurchaseSchema)
                                     .add("Purchase.v3.json", R"({"required":["userId"]})")
                                     .load();
  const Validator validator_{schemas_.registry};
  mutable std::size_t looked_at_ = 0;
};

TEST_F(CustomTypesTest, ATypeWithASchemaIsAcceptedIfItConforms) {
  EXPECT_EQ(result_here(purchase()), "");
  EXPECT_GT(looked_at_, purchase().size());
  EXPECT_EQ(result_here(escaped(purchase())), "");
  EXPECT_EQ(result_here(purchase(R"(,"details":{"total":"1"})")),
            "schema_violation /details/total");
  EXPECT_EQ(result_here(purchase("")), "schema_violation ");
}

TEST_F(CustomTypesTest, TheSchemaIsThatOfTheVersion) {
  const auto version = [](const std::string& number, const std::string& more = "") {
    return purchase(R"(,"details":{"total":1},"schemaVersion":)" + number + more);
  };
  EXPECT_EQ(result_here(version("1")), "");
  EXPECT_EQ(result_here(version("null")), "") << "as if it were absent";
  EXPECT_EQ(result_here(version("3")), "schema_violation ");
  EXPECT_EQ(result_here(version("3", R"(,"userId":"u")")), "");
  EXPECT_EQ(result_here(version("2")), "unknown_schema_version /schemaVersion");
  EXPECT_EQ(result_here(version("0")), "wrong_type /schemaVersion");
  EXPECT_EQ(result_here(
                R"({"schemaVersion":2,"eventType":"Purchase","timestamp":"2024-12-08T12:34:56Z"})"),
            "unknown_schema_version /schemaVersion");
}

TEST_F(CustomTypesTest, TheCommonRulesHoldToo) {
  EXPECT_EQ(result_here(R"({"eventType":"Purchase","details":{"total":1}})"),
            "missing_field /timestamp");
  EXPECT_EQ(result_here(purchase(R"(,"details":{"total":1},"userId":"")")),
            "invalid_identifier /userId");
  EXPECT_EQ(result_here(purchase(R"(,"details":[])")), "wrong_type /details");
}

TEST_F(CustomTypesTest, OtherTypesAreAsWithoutSchemas) {
  EXPECT_EQ(result_here(click()), "");
  EXPECT_EQ(result_here(approval()), "");
  EXPECT_EQ(looked_at_, 0u);
  EXPECT_EQ(result_here(R"({"eventType":"Refund"})"), "unknown_event_type /eventType");
  EXPECT_EQ(result(purchase()), "unknown_event_type /eventType");
}

TEST_F(CustomTypesTest, AViolationSaysNothingOfWhatCame) {
  const auto batch = checked_here(purchase(R"(,"details":{"total":1,"jane.doe":7})"));
  const auto& reject = batch->events.at(0).reject;
  ASSERT_TRUE(reject);
  EXPECT_EQ(reject->pointer, "/details");
  EXPECT_EQ(reject->message, "expected what the schema of its type says");
}

TEST_F(CustomTypesTest, AViolationIsThatOfItsEventAlone) {
  const auto batch =
      checked_here(purchase() + "," + purchase("") + "," + click() + "," + purchase());
  EXPECT_EQ(verdict(batch->events[0]), "");
  EXPECT_EQ(verdict(batch->events[1]), "schema_violation");
  EXPECT_EQ(verdict(batch->events[2]), "");
  EXPECT_EQ(verdict(batch->events[3]), "");
}

TEST_F(CustomTypesTest, TheMemoryOfTheCheckIsLeasedAndGivenBack) {
  const std::string body = "[" + purchase() + "]";
  MemoryBudget budget(std::size_t{1} << 20);
  MemoryBudget large(std::size_t{8} << 20);
  for (MemoryBudget* each : {&budget, &large}) {
    MemoryLease lease(*each, nullptr, nullptr);
    ASSERT_TRUE(lease.grow(body.size()));
    auto batch = BatchDecoder(DecodeLimits{})
                     .decode(json_head(), client_key(), std::string(body), std::move(lease));
    ASSERT_TRUE(batch);
    validator_.check(**batch);
    const std::size_t before = each->in_use();
    Event& event = (*batch)->events.at(0);
    if (each == &budget)
      EXPECT_THROW(validator_.check_schema(**batch, event), OutOfMemoryBudget);
    else
      EXPECT_GT(validator_.check_schema(**batch, event), event.raw.size());
    EXPECT_EQ(each->in_use(), before);
  }
}

TEST(ValidatorTest, AnEarlierVerdictStays) {
  const auto batch = decode_json("[{]}," + click() + "]");
  const std::string before = batch->events[0].reject->message;
  Validator().check(*batch);
  EXPECT_EQ(batch->events[0].reject->message, before);
  EXPECT_EQ(verdict(batch->events[1]), "");
}

}  // namespace
}  // namespace penstock::gateway
