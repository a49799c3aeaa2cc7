// Goal: rules by path decide wherever the SDK writes a part of an event: typed events, events that
// come as JSON, the context. Method: a rule, an event, and the JSON that has to come out.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "event/batch_context.hpp"
#include "event/json_event.hpp"
#include "event_encoder_fixture.hpp"

namespace penstock {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PathRulesOfEventsTest : public EventEncoderTest {
 protected:
  void rule(const std::vector<std::string>& lines) {
    privacy::RuleSetOptions options;
    auto paths = privacy::PathRules::parse(lines);
    ASSERT_TRUE(paths) << paths.status().message();
    options.paths = *paths;
    options.salt = std::string(32, 's');
    options.pseudonym_keys = {{"k1", std::string(16, 'k')}};
    options.remove_fields = {"userId"};
    rules_ = privacy::RuleSet(options);
  }
  Json encode_json(std::string_view text) {
    std::string buffer(64 * 1024, '\0');
    wire::JsonWriter out(buffer.data(), buffer.size());
    auto type = wire::TypeId::kOther;
    masked_ = 0;
    const Status written =
        write_json_event(rules_, types_, identity_, kNowMs, text, out, masked_, type);
    EXPECT_TRUE(written) << written.message();
    return Json::parse(out.text());
  }
};

TEST_F(PathRulesOfEventsTest, ATypedEventsValuesOfEveryKindObeyThem) {
  rule({"details.keep allow", "details.person.name mask last 2",
        "details.place truncate coordinates 1", "details.count remove", "details.none remove",
        "details.element remove", "metadata.ip truncate ip", "metadata.id pseudonym k1"});
  const Json event =
      encode(Event::click("p", "b")
                 .detail("keep", "anna@example.com")
                 .detail("person", Value::object({{"name", "Anna Smith"}, {"age", 7}}))
                 .detail("place", 48.8584)
                 .detail("count", 4)
                 .detail("none", nullptr)
                 .metadata("ip", "203.0.113.9")
                 .metadata("id", std::uint64_t{42})
                 .metadata("note", "anna@example.com"));
  const Json& details = event["details"];
  EXPECT_EQ(details["keep"], "anna@example.com");
  EXPECT_THAT(details["person"]["name"].get<std::string>(), StartsWith("[masked]"));
  EXPECT_EQ(details["person"]["age"], 7);
  EXPECT_EQ(details["place"], "48.8");
  EXPECT_EQ(details["count"], "[removed]");
  EXPECT_EQ(details["none"], "[removed]");
  EXPECT_EQ(details["element"], "[removed]");
  EXPECT_EQ(event["metadata"]["ip"], "203.0.113.0");
  EXPECT_THAT(event["metadata"]["id"].get<std::string>(), StartsWith("p:k1:"));
  EXPECT_EQ(event["metadata"]["note"], "[email]");
  EXPECT_GT(masked_, 5u);
}

TEST_F(PathRulesOfEventsTest, IdentifiersObeyThemBeforeTheNamesAreAsked) {
  rule({"userId hash", "pageId replace somewhere", "activityType allow"});
  Event event = Event::click("home", "b").user("anna");
  const Json written = encode(event);
  EXPECT_THAT(written["userId"].get<std::string>(), StartsWith("h:"));
  EXPECT_EQ(written["userId"], encode(event)["userId"]);
  EXPECT_EQ(written["pageId"], "somewhere");
  EXPECT_EQ(written["activityType"], "Click");
  EXPECT_EQ(encode_json(R"({"activityType":"Click","userId":"anna"})")["userId"],
            written["userId"]);
}

TEST_F(PathRulesOfEventsTest, IdentifiersThatAreTooLongAreRefusedWhateverARuleMakesOfThem) {
  rule({"userId hash", "details.a allow"});
  EXPECT_THAT(problem_of(Event::click("p", "b").user(std::string(257, 'u'))),
              HasSubstr("userId is longer"));
  EXPECT_EQ(problem_of(Event::click("p", "b").user(std::string(256, 'u'))), "");
}

TEST_F(PathRulesOfEventsTest, DetailsThatARuleTakesWholeStayAnObjectWithNothingInIt) {
  rule({"details remove", "metadata replace gone"});
  const Event event = Event::click("p", "b").detail("anna@example.com", 1).metadata("x", "y");
  EXPECT_EQ(encode(event)["details"], Json::object());
  EXPECT_EQ(encode(event)["metadata"], Json::object());
  const Json json = encode_json(R"({"activityType":"Click","details":{"a":1},"metadata":{"b":2}})");
  EXPECT_EQ(json["details"], Json::object());
  EXPECT_EQ(json["metadata"], Json::object());
  EXPECT_EQ(masked_, 2u);
}

TEST_F(PathRulesOfEventsTest, WhatNamesAnEventStaysOutOfTheirReach) {
  rule({"** remove"});
  const Json event = encode_json(R"({"activityType":"Click","own":{"a":1},"schemaVersion":2})");
  EXPECT_EQ(event["eventType"], "UserActivity");
  EXPECT_EQ(event["timestamp"], "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(event["schemaVersion"], 2);
  EXPECT_EQ(event["activityType"], "[removed]");
  EXPECT_EQ(event["own"], "[removed]");
  EXPECT_EQ(encode(Event::click("p", "b"))["timestamp"], "2024-12-08T12:34:56.789Z");
}

TEST_F(PathRulesOfEventsTest, TheContextObeysThem) {
  rule({"context.device hash", "context.mail allow", "context.locale remove"});
  Options options;
  options.context = {{"device", "laptop"},
                     {"mail", "a@example.com"},
                     {"locale", "de"},
                     {"other", "b@example.com"}};
  const auto context = make_batch_context(options, rules_);
  ASSERT_TRUE(context) << context.status().message();
  const Json json = Json::parse(*context);
  EXPECT_THAT(json["device"].get<std::string>(), StartsWith("h:"));
  EXPECT_EQ(json["mail"], "a@example.com");
  EXPECT_EQ(json["locale"], "[removed]");
  EXPECT_EQ(json["other"], "[email]");
}

}  // namespace
}  // namespace penstock
