// Goal: details and metadata hold objects and arrays of any form within the limits, masked at every
// depth as JSON events are, without heap for usual sizes; what is beyond the limits is told. Method:
// encode, and compare with the same event given as JSON.
#include <gmock/gmock.h>

#include <limits>
#include <string>
#include <vector>

#include "event/json_event.hpp"
#include "event_encoder_fixture.hpp"

namespace penstock {
namespace {

using ::testing::HasSubstr;

class NestedValuesTest : public EventEncoderTest {
 protected:
  Json detail(const Value& value) { return encode(with(value))["details"]["d"]; }
  std::string problem_of_detail(const Value& value) { return problem_of(with(value)); }

  // The details of an event in JSON, as they are recorded.
  Json details_from_json(std::string_view details) {
    std::string buffer(64 * 1024, '\0');
    wire::JsonWriter out(buffer.data(), buffer.size());
    std::size_t masked = 0;
    wire::TypeId type = wire::TypeId::kOther;
    const std::string event = R"({"activityType":"A","details":)" + std::string(details) + "}";
    EXPECT_TRUE(write_json_event(rules_, types_, identity_, kNowMs, event, out, masked, type));
    return Json::parse(out.text())["details"];
  }

  // Arrays in arrays, `depth` of them.
  static Value nested(std::size_t depth, std::vector<Value>& storage) {
    storage.assign(depth, Value());
    for (std::size_t i = 1; i < depth; ++i) storage[i] = Value::array(&storage[i - 1], 1);
    return Value::array(&storage[depth - 1], 1);
  }

 private:
  static Event with(const Value& value) { return Event::activity("A").detail("d", value); }
};

TEST_F(NestedValuesTest, ObjectsAndArraysStandWithinEachOther) {
  EXPECT_EQ(detail(Value::object({{"total", 12.5},
                                  {"paid", true},
                                  {"note", nullptr},
                                  {"codes", Value::array({"spring", 7, -1, false})},
                                  {"ship", Value::object({{"to", "\"Ørsted\"\n"}})}})),
            Json::parse(R"({"total":12.5,"paid":true,"note":null,
                            "codes":["spring",7,-1,false],"ship":{"to":"\"Ørsted\"\n"}})"));
}

TEST_F(NestedValuesTest, WhatIsEmptyStaysWhatItIs) {
  EXPECT_EQ(detail(Value::object({})), Json::object());
  EXPECT_EQ(detail(Value::array({})), Json::array());
  EXPECT_EQ(detail(Value::array(nullptr, 0)), Json::array());
}

TEST_F(NestedValuesTest, WhatAProgramHasCollectedIsViewed) {
  std::vector<Member> members;
  const std::vector<Value> numbers{1, 2, 3};
  members.push_back({"numbers", Value::array(numbers.data(), numbers.size())});
  members.push_back({"count", numbers.size()});
  EXPECT_EQ(detail(Value::object(members.data(), members.size())),
            Json::parse(R"({"numbers":[1,2,3],"count":3})"));
}

TEST_F(NestedValuesTest, MetadataHoldsThemToo) {
  const Json event = encode(Event::activity("A").metadata("device", Value::object({{"cores", 8}})));
  EXPECT_EQ(event["metadata"]["device"]["cores"], 8);
}

TEST_F(NestedValuesTest, ACopyOfTheEventHasThem) {
  std::string text(2000, 'x');
  const Event event = Event::activity("A")
                          .detail("small", Value::array({1}))
                          .detail("large", Value::object({{"text", text}}));
  Event copy = event;
  copy.detail("more", 1);
  text.assign(2000, 'y');
  EXPECT_EQ(encode(event)["details"].size(), 2u);
  EXPECT_EQ(encode(copy)["details"].size(), 3u);
  EXPECT_EQ(encode(copy)["details"]["large"]["text"], std::string(2000, 'x'));
  EXPECT_EQ(encode(copy)["details"]["small"], Json::array({1}));
}

TEST_F(NestedValuesTest, AllIsMaskedAtEveryDepthAsInEventsInJson) {
  const Event event =
      Event::activity("A")
          .detail("order", Value::object({{"password", Value::object({{"is", "s3cret"}})},
                                          {"notes", Value::array({"write to jane@example.com"})},
                                          {"card", 4111111111111111},
                                          {"jane@example.com", 1}}))
          .detail("token", Value::array({"abc"}))
          .detail("deep", Value::array({Value::array({Value::object({{"ssn", 1}})})}));
  const Json recorded = encode(event)["details"];
  EXPECT_EQ(masked_, 6U);
  EXPECT_EQ(recorded, Json::parse(R"({"order":{"password":"[removed]",
                                               "notes":["write to [email]"],
                                               "card":"[card]","[email]":1},
                                      "token":"[removed]","deep":[[{"ssn":"[removed]"}]]})"));
  EXPECT_EQ(recorded, details_from_json(R"({"order":{"password":{"is":"s3cret"},
                                                     "notes":["write to jane@example.com"],
                                                     "card":4111111111111111,
                                                     "jane@example.com":1},
                                            "token":["abc"],"deep":[[{"ssn":1}]]})"));
}

TEST_F(NestedValuesTest, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(detail(Value::array({"a\xFFz"})), Json::array({"a\xEF\xBF\xBDz"}));
}

TEST_F(NestedValuesTest, ThirtyLevelsAreTakenAndNoMore) {
  std::vector<Value> storage;
  const Value deepest = nested(Event::kDepthMax, storage);
  EXPECT_EQ(problem_of_detail(deepest), "");
  EXPECT_EQ(problem_of_detail(Value::object({{"one", deepest}})),
            "detail 1 is nested deeper than 30 levels; flatten it");
}

TEST_F(NestedValuesTest, TheirCountIsBoundedForAWholeEvent) {
  const std::vector<Value> half(Event::kNestedValuesMax / 2);
  const Value array = Value::array(half.data(), half.size());
  Event event = Event::activity("A").detail("one", array).metadata("two", array);
  EXPECT_EQ(problem_of(event), "");
  event.metadata("three", Value::array({1}));
  EXPECT_THAT(problem_of(event),
              HasSubstr("metadata field 2 has, with those before it, more than"));
  EXPECT_THAT(problem_of(event), HasSubstr("1024 values"));
}

TEST_F(NestedValuesTest, AnObjectHas64MembersAtMost) {
  std::vector<std::string> names;
  for (int i = 0; i < 65; ++i) names.push_back("n" + std::to_string(i));
  std::vector<Member> members;
  for (const std::string& name : names) members.push_back({name, 1});
  EXPECT_EQ(problem_of_detail(Value::object(members.data(), 64)), "");
  EXPECT_EQ(problem_of_detail(Value::object(members.data(), 65)),
            "detail 1 has an object of more than 64 members; nest some of them");
}

TEST_F(NestedValuesTest, WhatWouldBeRefusedInAFlatEventIsRefusedWithin) {
  EXPECT_EQ(problem_of_detail(Value::object({{"", 1}})), "detail 1 has an empty name; give it one");
  EXPECT_THAT(problem_of_detail(Value::object({{std::string(129, 'n'), 1}})),
              HasSubstr("a name longer than 128 bytes"));
  EXPECT_THAT(problem_of_detail(Value::object({{"a", 1}, {"b", 2}, {"a", 3}})),
              HasSubstr("two members of one name"));
  for (const double number :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(problem_of_detail(Value::array({1.0, number})), HasSubstr("not finite"));
  }
}

TEST_F(NestedValuesTest, ACycleOfViewsEndsAtTheLimits) {
  std::vector<Value> cycle(2);
  cycle[0] = cycle[1] = Value::array(cycle.data(), cycle.size());
  EXPECT_THAT(problem_of_detail(cycle[0]), HasSubstr("nested deeper than 30 levels"));
}

}  // namespace
}  // namespace penstock
