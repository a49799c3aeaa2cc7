// Goal: events are told apart in bodies that are broken inside them.
// Method: arrays, batch objects and lines with each kind of breakage; the elements compared as
// text.
#include "decode/batch_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace penstock::gateway {
namespace {

using ::testing::ElementsAre;

std::vector<std::string_view> events_of(std::string_view body) {
  const auto split = split_batch(body, 1000);
  if (!split) return {"<none>"};
  return split->events;
}

TEST(BatchSplitterTest, ElementsOfAnArrayAreCutAtItsCommas) {
  EXPECT_THAT(events_of(R"( [ {"a":[1,2]} , {"b":"x,]}"},3 ] )"),
              ElementsAre(R"({"a":[1,2]})", R"({"b":"x,]}"})", "3"));
  EXPECT_TRUE(events_of("[]").empty());
  EXPECT_TRUE(events_of("[ \n]").empty());
}

TEST(BatchSplitterTest, EscapedQuotesDoNotEndAString) {
  EXPECT_THAT(events_of(R"([{"a":"\"},{"},{"b":"\\"},{"c":1}])"),
              ElementsAre(R"({"a":"\"},{"})", R"({"b":"\\"})", R"({"c":1})"));
}

TEST(BatchSplitterTest, NothingBetweenCommasIsAnEmptyEvent) {
  EXPECT_THAT(events_of("[{},]"), ElementsAre("{}", ""));
  EXPECT_THAT(events_of("[,{}]"), ElementsAre("", "{}"));
  EXPECT_THAT(events_of("[{},,{}]"), ElementsAre("{}", "", "{}"));
}

TEST(BatchSplitterTest, BracketsLeftOpenInsideAnEventEndWithIt) {
  EXPECT_THAT(events_of(R"([{"a":[},{"b":1}])"), ElementsAre(R"({"a":[})", R"({"b":1})"));
  EXPECT_THAT(events_of(R"([{"a":[[{]]},{"b":1}])"), ElementsAre(R"({"a":[[{]]})", R"({"b":1})"));
  EXPECT_THAT(events_of(R"([{"a":{]},{"b":1}])"), ElementsAre(R"({"a":{]})", R"({"b":1})"));
  EXPECT_THAT(events_of(R"([{"a":1}},{"b":1}])"), ElementsAre(R"({"a":1}})", R"({"b":1})"));
}

TEST(BatchSplitterTest, TheEventsOfABatchObjectAreFoundAndWhatIsAroundThem) {
  const auto split =
      split_batch(R"({"context":{"events":[0]},"x":"events","events" : [{"a":},{}],"y":1})", 1000);
  ASSERT_TRUE(split);
  EXPECT_THAT(split->events, ElementsAre(R"({"a":})", "{}"));
  EXPECT_EQ(split->before, R"({"context":{"events":[0]},"x":"events","events" : [)");
  EXPECT_EQ(split->after, R"(],"y":1})");
}

TEST(BatchSplitterTest, AnObjectWithoutEventsIsOneEvent) {
  EXPECT_THAT(events_of(R"( {"a":nul} )"), ElementsAre(R"({"a":nul})"));
  EXPECT_THAT(events_of(R"({"events":5,"a":{"events":[]})"
                        "}"),
              ElementsAre(R"({"events":5,"a":{"events":[]}})"));
}

TEST(BatchSplitterTest, WhatIsCutOffOrSurroundedByMoreIsNoBatch) {
  for (const char* body : {"",
                           " ",
                           "[",
                           "[{}",
                           "[{},",
                           R"([{"a":"])",
                           R"([{"a":"\)",
                           "{",
                           R"({"a":1)",
                           R"({"events":[{})",
                           R"({"events":[{},{)",
                           R"([{"a":1,{"b":1}])",
                           "[] x",
                           "{} {}",
                           "[]]",
                           "nonsense",
                           "5",
                           "null",
                           "\"text\"",
                           "]",
                           "}"}) {
    EXPECT_THAT(events_of(body), ElementsAre("<none>")) << body;
  }
}

TEST(BatchSplitterTest, StopsBehindTheLimit) {
  EXPECT_EQ(split_batch("[1,2,3,4,5", 3)->events.size(), 4u);
  EXPECT_EQ(split_batch(R"({"events":[1,2,3,4,5)", 3)->events.size(), 4u);
  EXPECT_EQ(split_lines("1\n2\n3\n4\n5", 3).events.size(), 4u);
}

TEST(BatchSplitterTest, DeepNestingTakesLinearTime) {
  constexpr std::size_t kDeep = 2'000'000;
  EXPECT_THAT(events_of(std::string(kDeep, '[') + std::string(kDeep, '}')), ElementsAre("<none>"));
  EXPECT_EQ(events_of("[" + std::string(kDeep, '{') + std::string(kDeep, '}') + "]").size(), 1u);
}

TEST(BatchSplitterTest, LinesAreEventsAndBlankOnesAreNone) {
  EXPECT_THAT(split_lines("{}\n\n \t\r\n{\"a\":1}\r\n{", 1000).events,
              ElementsAre("{}", "{\"a\":1}", "{"));
  EXPECT_TRUE(split_lines("", 1000).events.empty());
}

}  // namespace
}  // namespace penstock::gateway
