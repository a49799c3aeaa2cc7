// Goal: a filter means exactly the events that its texts say. Method: events around each rule,
// among them those whose bytes hold a text elsewhere, or escaped.
#include "replay_filter.hpp"

#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

constexpr const char* kReplayedClick =
    R"({"eventType":"UserActivity","activityType":"Click","userId":"u-1","sessionId":"s-1",)"
    R"("correlationId":"f-1"})";

ReplayFilter of_user(const std::string& user) {
  ReplayFilter filter;
  filter.users = {user};
  return filter;
}

TEST(ReplayFilter, WithoutTextsEverythingIsMeant) {
  EXPECT_TRUE(ReplayFilter().matches(kReplayedClick));
  EXPECT_TRUE(ReplayFilter().matches("no JSON"));
}

TEST(ReplayFilter, AFieldHasToEqualOneOfTheTexts) {
  EXPECT_TRUE(of_user("u-1").matches(kReplayedClick));
  EXPECT_FALSE(of_user("u").matches(kReplayedClick));
  EXPECT_FALSE(of_user("s-1").matches(kReplayedClick));
  auto filter = of_user("u-9");
  filter.users.emplace_back("u-1");
  EXPECT_TRUE(filter.matches(kReplayedClick));
}

TEST(ReplayFilter, EachListHasToFit) {
  auto filter = of_user("u-1");
  filter.sessions = {"s-1"};
  filter.correlations = {"f-1"};
  filter.types = {"Click"};
  EXPECT_TRUE(filter.matches(kReplayedClick));
  filter.types = {"UserActivity"};
  EXPECT_TRUE(filter.matches(kReplayedClick));
  filter.sessions = {"s-2"};
  EXPECT_FALSE(filter.matches(kReplayedClick));
}

TEST(ReplayFilter, AnEscapedTextIsFound) {
  EXPECT_TRUE(of_user("u-ä").matches(R"({"userId":"u-\u00e4"})"));
}

TEST(ReplayFilter, WhatIsNoEventIsNotMeant) {
  for (const char* value : {"", "u-1", "[\"u-1\"]", R"({"userId":["u-1"]})", R"({"userId":"u-1")"})
    EXPECT_FALSE(of_user("u-1").matches(value)) << value;
}

TEST(KindOfEvent, IsItsTypeAndWhatWasDone) {
  EXPECT_EQ(kind_of_event(kReplayedClick), "UserActivity Click");
  EXPECT_EQ(kind_of_event(R"({"eventType":"DatabaseChange","action":"Approved"})"),
            "DatabaseChange Approved");
  EXPECT_EQ(kind_of_event("{}"), "not an event");
  EXPECT_EQ(kind_of_event("x"), "not an event");
}

}  // namespace
}  // namespace penstock::ctl
