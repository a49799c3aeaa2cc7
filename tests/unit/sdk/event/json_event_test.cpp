// Goal: an event that comes as JSON text is completed, checked and masked like a typed one; text
// that is no event is refused with the place or the field, and without its content. Method: write
// it, parse the result with an independent library.
#include "event/json_event.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

namespace penstock {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class JsonEventTest : public ::testing::Test {
 protected:
  Json write(std::string_view text) {
    std::string buffer(1 << 20, '\0');
    wire::JsonWriter out(buffer.data(), buffer.size());
    masked_ = 0;
    status_ = write_json_event(rules_, types_, identity_, kNowMs, text, out, masked_, type_);
    written_ = out.text();
    return status_.ok() ? Json::parse(out.text()) : Json();
  }
  std::string refusal(std::string_view text) {
    write(text);
    EXPECT_EQ(status_.code(), StatusCode::kInvalidEvent);
    return status_.message();
  }

  static constexpr std::int64_t kNowMs = 1733661296789;
  privacy::RuleSet rules_;
  EventTypes types_{{"Purchase", "Click"}};
  Identity::Snapshot identity_;
  Status status_;
  std::string written_;
  std::size_t masked_ = 0;
  wire::TypeId type_ = wire::TypeId::kOther;
};

TEST_F(JsonEventTest, MissingTypeAndTimeAreFilledIn) {
  const Json event = write(R"({"activityType":"Click","pageId":"home"})");
  ASSERT_TRUE(status_.ok()) << status_.message();
  EXPECT_EQ(event["eventType"], "UserActivity");
  EXPECT_EQ(event["timestamp"], "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(event["schemaVersion"], 1);
  EXPECT_EQ(write(R"({"recordId":"r","action":"Approved"})")["eventType"], "DatabaseChange");
}

TEST_F(JsonEventTest, WhatTheEventSaysItselfIsKept) {
  const Json event =
      write(R"({"activityType":"Click","timestamp":"2020-01-02T03:04:05+01:00","schemaVersion":3,
                               "details":{"nested":{"list":[1,2.50,"x"]}}})");
  EXPECT_EQ(event["timestamp"], "2020-01-02T03:04:05+01:00");
  EXPECT_EQ(event["schemaVersion"], 3);
  EXPECT_EQ(event["details"]["nested"]["list"], Json::parse(R"([1,2.5,"x"])"));
}

TEST_F(JsonEventTest, NullOfAKnownFieldCountsAsAbsent) {
  Identity identity;
  identity.set_user("\"anna\"");
  identity.read(identity_);
  const Json event = write(R"({"activityType":"Click","eventType":null,"timestamp":null,
      "userId":null,"sessionId":null,"pageId":null,"correlationId":null,"schemaVersion":null,
      "metadata":null,"details":null,"recordId":null,"action":null,"own":null,"seq":null})");
  EXPECT_EQ(event, Json::parse(R"({"activityType":"Click","own":null,"eventType":"UserActivity",
      "timestamp":"2024-12-08T12:34:56.789Z","userId":"anna","schemaVersion":1})"));
  EXPECT_THAT(refusal(R"({"activityType":null})"), HasSubstr("activityType is missing"));
}

TEST_F(JsonEventTest, NumbersKeepTheirText) {
  for (const std::string number :
       {"18446744073709551616", "123456789.123456789123", "1.50", "-0", "1e5", "0.1E-7",
        "99999999999999999999999999999999999999", "1.7976931348623157e308"}) {
    write(R"({"activityType":"Click","own":)" + number + R"(,"details":{"n":[)" + number + "]}}");
    EXPECT_THAT(written_, HasSubstr("\"own\":" + number + ",")) << number;
    EXPECT_THAT(written_, HasSubstr("{\"n\":[" + number + "]}")) << number;
  }
}

TEST_F(JsonEventTest, ANameThatIsGivenTwiceIsRefusedByName) {
  EXPECT_THAT(refusal(R"({"activityType":"Click","pageId":"a","pageId":"b"})"),
              HasSubstr("the field \"pageId\" twice"));
  EXPECT_THAT(refusal(R"({"activityType":"Click","details":{"a":1,"b":[{"c":1,"\u0063":2}]}})"),
              HasSubstr("the field \"c\" twice"));
  EXPECT_THAT(refusal(R"({"activityType":"Click","details":{"anna@example.com":1,)"
                      R"("anna@example.com":1}})"),
              HasSubstr("the field \"[email]\" twice"));
  write(R"({"activityType":"Click","details":{"a":{"a":1},"b":[{"a":1},{"a":2}]}})");
  EXPECT_TRUE(status_.ok()) << status_.message();
}

TEST_F(JsonEventTest, WhiteSpaceAndEscapesDoNotReachTheRecord) {
  write(
      "\n{ \"activityType\" :\t\"Click\" ,\r\n\"details\" : { \"a b\" : [ 1 , \"x \\n y\" ] } "
      "}\n ");
  ASSERT_TRUE(status_.ok()) << status_.message();
  EXPECT_THAT(written_, HasSubstr(R"("activityType":"Click","details":{"a b":[1,"x \n y"]},)"));
  for (const char c : written_) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST_F(JsonEventTest, BytesThatAreNoUtf8AreReplacedAsInTypedEvents) {
  const Json event =
      write("{\"activityType\":\"Error\",\"details\":{\"error\":\"bad \xFF byte\"}}");
  EXPECT_EQ(event["details"]["error"], "bad \xEF\xBF\xBD byte");
  EXPECT_THAT(refusal("{\xFF}"), HasSubstr("not valid JSON"));
}

TEST_F(JsonEventTest, NumbersThatNoDoubleHoldsAreRefused) {
  for (const char* text :
       {"1e400", "-1e400", R"({"activityType":"Click","details":{"n":1E999}})"}) {
    EXPECT_THAT(refusal(text), HasSubstr("1.8e308")) << text;
  }
  EXPECT_EQ(write(R"({"activityType":"Click","details":{"n":1e308}})")["details"]["n"], 1e308);
}

TEST_F(JsonEventTest, ReservedFieldsAreNotTaken) {
  const Json event = write(
      R"({"activityType":"Click","seq":9,"eventId":"mine","receivedAt":"x","clockSkewMs":1})");
  for (const char* reserved : {"seq", "eventId", "receivedAt", "clockSkewMs"}) {
    EXPECT_FALSE(event.contains(reserved)) << reserved;
  }
}

TEST_F(JsonEventTest, PersonalDataIsMaskedAtAnyDepthAlsoBehindEscapes) {
  const Json event =
      write(R"({"activityType":"Error","details":{"a":[{"b":"to anna\u0040example.com"}],
                               "Pass_Word":"x","user":{"apiKey":{"k":1}}}})");
  EXPECT_EQ(event["details"]["a"][0]["b"], "to [email]");
  EXPECT_EQ(event["details"]["Pass_Word"], "[removed]");
  EXPECT_EQ(event["details"]["user"]["apiKey"], "[removed]");
  EXPECT_EQ(masked_, 3u);
}

TEST_F(JsonEventTest, TextThatIsNoEventIsRefusedWithThePlace) {
  EXPECT_THAT(refusal(""), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("null"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(refusal("[]"), HasSubstr("must be a JSON object"));
  EXPECT_THAT(refusal(R"({"activityType":"Click",})"), HasSubstr("at byte 25"));
  EXPECT_THAT(refusal(R"({"activityType":"\ud800"})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(R"({"pageId":"p"})"), HasSubstr("activityType is missing"));
  EXPECT_THAT(refusal(R"({"activityType":7})"), HasSubstr("activityType must be a text"));
  EXPECT_THAT(refusal(R"({"activityType":""})"), HasSubstr("activityType is empty"));
  EXPECT_THAT(refusal(R"({"activityType":"a\u0000b"})"), HasSubstr("control character"));
  EXPECT_THAT(refusal(R"({"activityType":"Click","details":[]})"),
              HasSubstr("details must be a JSON object"));
  EXPECT_THAT(refusal(R"({"activityType":"Click","timestamp":"yesterday"})"),
              HasSubstr("timestamp"));
  EXPECT_THAT(refusal(R"({"activityType":"Click","timestamp":"1969-12-31T23:59:59Z"})"),
              HasSubstr("1970"));
  EXPECT_THAT(refusal(R"({"eventType":"Payment"})"), HasSubstr("eventType"));
  EXPECT_THAT(refusal(R"({"eventType":"DatabaseChange","recordId":"r"})"),
              HasSubstr("action is missing"));
}

TEST_F(JsonEventTest, ATypeOfTheProgramsOwnNeedsNoActivity) {
  const Json event = write(R"({"eventType":"Purchase","schemaVersion":7,"details":{"total":9}})");
  ASSERT_TRUE(status_.ok()) << status_.message();
  EXPECT_EQ(event["eventType"], "Purchase");
  EXPECT_EQ(event["schemaVersion"], 7);
  EXPECT_EQ(event["timestamp"], "2024-12-08T12:34:56.789Z");
  EXPECT_THAT(refusal(R"({"eventType":"Purchase","userId":""})"), HasSubstr("userId"));
}

TEST_F(JsonEventTest, ATypeOfTheProgramsOwnIsNotCountedAsAnActivity) {
  write(R"({"eventType":"Purchase","activityType":"Click"})");
  EXPECT_EQ(type_, wire::TypeId::kOther);
}

TEST_F(JsonEventTest, NoRefusalQuotesTheContent) {
  EXPECT_THAT(refusal(R"({"activityType":"secret-content)"), Not(HasSubstr("secret")));
  EXPECT_THAT(refusal(R"({"activityType":"Click","timestamp":"secret-content"})"),
              Not(HasSubstr("secret")));
}

TEST_F(JsonEventTest, WhatTheGatewayWouldRejectIsRefused) {
  const auto with = [](const std::string& members) {
    return R"({"activityType":"Click",)" + members + "}";
  };
  const auto fields = [](int count) {
    std::string members;
    for (int i = 0; i < count; ++i)
      members += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":1";
    return "{" + members + "}";
  };
  for (const char* version : {"0", "-1", "1000001", "1.5", "\"1\""})
    EXPECT_THAT(refusal(with(R"("schemaVersion":)" + std::string(version))),
                HasSubstr("schemaVersion must be a whole number from 1"));
  write(with(R"("schemaVersion":1000000,"metadata":)" + fields(64)));
  EXPECT_TRUE(status_.ok()) << status_.message();
  EXPECT_THAT(refusal(with(R"("metadata":)" + fields(65))), HasSubstr("metadata has more than 64"));
  write(with(R"("details":{")" + std::string(128, 'n') + R"(":1})"));
  EXPECT_TRUE(status_.ok()) << status_.message();
  EXPECT_THAT(refusal(with(R"("details":[{"a":{")" + std::string(129, 'n') + R"(":1}}])")),
              HasSubstr("name of a field is longer"));
}

TEST_F(JsonEventTest, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    return R"({"activityType":"Click","details":)" + std::string(R"({"a":)") +
           std::string(depth, '[') + "1" + std::string(depth, ']') + "}}";
  };
  write(nested(30));  // with the event and its details: 32
  EXPECT_TRUE(status_.ok()) << status_.message();
  EXPECT_THAT(refusal(nested(31)), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal(nested(40)), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal(nested(100'000)), HasSubstr("nested deeper"));
}

}  // namespace
}  // namespace penstock
