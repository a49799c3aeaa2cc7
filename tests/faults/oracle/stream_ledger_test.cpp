// Goal: the oracle sees each way in which an aggregate can be wrong, and none where all are right.
// Method: events made by hand, and the records that an application would make of them.
#include "faults/oracle/stream_ledger.hpp"

#include <gmock/gmock.h>

namespace penstock::oracle {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr StreamWindows kWindows{5s, 20s, 5s, 20s, 15s, 5s};
constexpr std::int64_t kNoon = 1'795'867'200'000;  // 2026-11-28T12:00:00Z

StreamEvent click(const std::string& id, std::int64_t after_noon) {
  StreamEvent event;
  event.event_id = id;
  event.user_id = "anna";
  event.install_id = "install";
  event.session_id = "s";
  event.activity_type = "Click";
  event.page_id = "desk";
  event.element = "approve";
  event.time = event.arrived = kNoon + after_noon;
  event.content = content_of("anna", id);
  return event;
}

StreamEvent change(const std::string& id, std::int64_t after_noon) {
  StreamEvent event;
  event.event_id = id;
  event.user_id = "anna";
  event.session_id = "s";
  event.record_id = "REQ-1";
  event.action = "Approved";
  event.change = true;
  event.time = event.arrived = kNoon + after_noon;
  return event;
}

json activity_of(const StreamEvent& event) {
  return {{"eventId", event.event_id},
          {"time", time_text(event.time)},
          {"activityType", event.activity_type},
          {"pageId", event.page_id},
          {"element", event.element}};
}

StreamRecord join(const StreamEvent& of, const char* matched_by, json activities,
                  std::uint64_t left_out = 0) {
  return {of.user_id,
          {{"userId", of.user_id},
           {"change",
            {{"eventId", of.event_id},
             {"time", time_text(of.time)},
             {"recordId", of.record_id},
             {"action", of.action}}},
           {"matchedBy", matched_by},
           {"activities", std::move(activities)},
           {"activitiesLeftOut", left_out}}};
}

StreamRecord activity(std::uint64_t count, std::int64_t from = 0) {
  return {"anna",
          {{"windowStart", time_text(kNoon + from)},
           {"windowEnd", time_text(kNoon + from + 5000)},
           {"userId", "anna"},
           {"activityType", "Click"},
           {"count", count}}};
}

StreamRecord clicks(std::uint64_t count) {
  return {"desk",
          {{"windowStart", time_text(kNoon)},
           {"windowEnd", time_text(kNoon + 20'000)},
           {"pageId", "desk"},
           {"element", "approve"},
           {"count", count}}};
}

// Of the session "s", from and to so many milliseconds after noon.
StreamRecord session(std::uint64_t clicked, std::uint64_t changes, std::int64_t from = 0,
                     std::int64_t to = 3000) {
  json activities = json::object();
  if (clicked != 0) activities["Click"] = clicked;
  return {"s",
          {{"sessionId", "s"},
           {"startedAt", time_text(kNoon + from)},
           {"endedAt", time_text(kNoon + to)},
           {"duration", static_cast<double>(to - from) / 1000},
           {"started", false},
           {"closedBy", "time"},
           {"events", clicked + changes},
           {"activities", activities},
           {"changes", changes}}};
}

LateRecord late(const StreamEvent& event, std::int64_t by) {
  return {event.event_id, event.content, event.time, event.time + by};
}

// Two clicks within one window, a change two seconds later, and what must be made of them.
class StreamLedgerTest : public ::testing::Test {
 protected:
  StreamVerdict judge() const { return StreamLedger(events_, kWindows).judge(topics_); }
  bool complete() const { return StreamLedger(events_, kWindows).progress(topics_).complete(); }

  std::vector<StreamEvent> events_{click("c-1", 0), click("c-2", 1000), change("d-1", 3000)};
  StreamTopics topics_{
      {activity(2)},
      {clicks(2)},
      {join(events_[2], "time", json::array({activity_of(events_[0]), activity_of(events_[1])}))},
      {session(2, 1)},
      {}};
};

TEST_F(StreamLedgerTest, WhatIsCountedRightlyIsKept) {
  const StreamVerdict verdict = judge();
  EXPECT_THAT(verdict.examples(), ElementsAre());
  EXPECT_EQ(verdict.broken(), 0u);
  EXPECT_EQ(verdict.activity.compared, 1u);
  EXPECT_EQ(verdict.clicks.compared, 1u);
  EXPECT_EQ(verdict.joins.compared, 1u);
  EXPECT_EQ(verdict.sessions.compared, 1u);
  EXPECT_TRUE(complete());
}

TEST_F(StreamLedgerTest, AnEventThatLiesInKafkaTwiceIsCountedOnce) {
  events_.push_back(events_[0]);
  const StreamLedger ledger(events_, kWindows);
  EXPECT_EQ(ledger.events(), 3u);
  EXPECT_EQ(ledger.duplicates(), 1u);
  EXPECT_EQ(judge().broken(), 0u);
}

TEST_F(StreamLedgerTest, EachAggregateThatLacksARecordIsFoundAndNotComplete) {
  const StreamTopics all = topics_;
  for (auto records : {&StreamTopics::activity, &StreamTopics::clicks, &StreamTopics::joins,
                       &StreamTopics::sessions}) {
    topics_ = all;
    (topics_.*records).clear();
    EXPECT_EQ(judge().broken(), 1u);
    EXPECT_THAT(judge().examples(), ElementsAre(HasSubstr("is missing")));
    EXPECT_FALSE(complete());
  }
}

TEST_F(StreamLedgerTest, ARecordThatIsWrittenTwiceIsFound) {
  topics_.activity.push_back(activity(2));
  topics_.clicks.push_back(clicks(2));
  topics_.joins.push_back(topics_.joins.front());
  EXPECT_EQ(judge().activity.wrong, 1u);
  EXPECT_EQ(judge().clicks.wrong, 1u);
  EXPECT_EQ(judge().joins.wrong, 1u);
}

TEST_F(StreamLedgerTest, ACountTooManyOrTooFewIsFound) {
  topics_.activity = {activity(3)};
  topics_.clicks = {clicks(1)};
  EXPECT_EQ(judge().activity.wrong, 1u);
  EXPECT_EQ(judge().clicks.wrong, 1u);
  EXPECT_THAT(judge().examples(), ElementsAre(HasSubstr("says 3 until 2026-11-28T12:00:05.000Z"),
                                              HasSubstr("says 1 until")));
}

TEST_F(StreamLedgerTest, AWindowBeginsWithItsFirstMillisecondAndEndsBeforeTheNext) {
  events_ = {click("c-1", 4999), click("c-2", 5000)};
  topics_.activity = {activity(1), activity(1, 5000)};
  EXPECT_EQ(judge().activity.broken(), 0u);
}

TEST_F(StreamLedgerTest, AWindowOrAUserThatNobodyRecordedIsFound) {
  topics_.activity.push_back(activity(1, 5000));
  auto stranger = clicks(1);
  stranger.value["element"] = "cancel";
  topics_.clicks.push_back(stranger);
  EXPECT_EQ(judge().activity.invented, 1u);
  EXPECT_EQ(judge().clicks.invented, 1u);
}

TEST_F(StreamLedgerTest, AnotherKeyIsFound) {
  topics_.activity[0].key = "bert";
  topics_.joins[0].key = "bert";
  topics_.sessions[0].key = "bert";
  EXPECT_EQ(judge().activity.wrong, 1u);
  EXPECT_EQ(judge().joins.wrong, 1u);
  EXPECT_NE(judge().sessions.wrong, 0u);
}

TEST_F(StreamLedgerTest, WithoutAUserTheInstallCounts) {
  for (auto& event : events_) event.user_id.clear();
  auto record = activity(2);
  record.key = "install";
  record.value.erase("userId");
  record.value["installId"] = "install";
  topics_.activity = {record};
  topics_.joins.clear();
  EXPECT_THAT(judge().examples(), ElementsAre());
}

TEST_F(StreamLedgerTest, ASessionMayHaveSeveralRecordsButCountsEachEventOnce) {
  topics_.sessions = {session(1, 0, 0, 0), session(1, 1, 1000, 3000)};
  EXPECT_EQ(judge().sessions.broken(), 0u);
  topics_.sessions = {session(1, 1), session(1, 1)};
  EXPECT_EQ(judge().sessions.wrong, 1u);
}

TEST_F(StreamLedgerTest, ASessionSaysWhenItBeganAndWhetherItEnded) {
  topics_.sessions = {session(2, 1, 0, 2999)};
  EXPECT_EQ(judge().sessions.wrong, 1u);
  topics_.sessions = {session(2, 1)};
  topics_.sessions[0].value["duration"] = 3.5;
  EXPECT_NE(judge().sessions.wrong, 0u);
  topics_.sessions = {session(2, 1)};
  topics_.sessions[0].value["closedBy"] = "SessionEnd";
  EXPECT_EQ(judge().sessions.wrong, 1u);
}

TEST_F(StreamLedgerTest, ALateEventIsInNoAggregate) {
  topics_.late = {late(events_[1], 15'001)};
  EXPECT_EQ(judge().activity.wrong, 1u);
  EXPECT_EQ(judge().clicks.wrong, 1u);
  EXPECT_EQ(judge().joins.wrong, 1u);
  EXPECT_EQ(judge().sessions.wrong, 1u);
  topics_.activity = {activity(1)};
  topics_.clicks = {clicks(1)};
  topics_.joins = {join(events_[2], "time", json::array({activity_of(events_[0])}))};
  topics_.sessions = {session(1, 1)};
  EXPECT_THAT(judge().examples(), ElementsAre());
  EXPECT_EQ(judge().late.compared, 1u);
  EXPECT_TRUE(complete());
}

TEST_F(StreamLedgerTest, ARecordThatCannotBeReadIsFound) {
  topics_.activity.push_back({"anna", json::object()});
  topics_.joins.push_back({"anna", json::array()});
  topics_.sessions.push_back({"s", {{"sessionId", 5}}});
  EXPECT_EQ(judge().activity.wrong, 1u);
  EXPECT_EQ(judge().joins.wrong, 1u);
  EXPECT_EQ(judge().sessions.wrong, 1u);
}

TEST_F(StreamLedgerTest, ALateEventIsLateOnceAndAsItWas) {
  const LateRecord right = late(events_[0], 15'001);
  LateRecord wrong = right;
  const auto judged = [&](const std::vector<LateRecord>& records) {
    topics_.late = records;
    return judge().late;
  };
  EXPECT_EQ(judged({right}).broken(), 0u);
  EXPECT_EQ(judged({right, right}).wrong, 1u);
  wrong.content = 0;
  EXPECT_EQ(judged({wrong}).wrong, 1u);
  EXPECT_EQ(judged({late(events_[0], 15'000)}).wrong, 1u);
  wrong = right;
  ++wrong.time;
  EXPECT_EQ(judged({wrong}).wrong, 1u);
  wrong.event_id = "nobody's";
  EXPECT_EQ(judged({wrong}).invented, 1u);
}

TEST_F(StreamLedgerTest, WhatCameInTimeIntoAPartitionThatIsNotAheadIsLateInVain) {
  topics_.late = {late(events_[0], 15'001)};
  EXPECT_EQ(judge().late_in_vain, 1u);
  events_[0].arrived = events_[0].time + 20'001;  // a quiet partition was ahead by then
  EXPECT_EQ(judge().late_in_vain, 0u);
  events_[0].arrived = events_[0].time;
  events_.insert(events_.begin(), click("c-0", 15'001));
  EXPECT_EQ(judge().late_in_vain, 0u);
}

class StreamJoinTest : public StreamLedgerTest {
 protected:
  AggregateVerdict judge_join(const char* matched_by, const json& activities,
                              std::uint64_t left_out = 0) {
    topics_.joins = {join(events_.back(), matched_by, activities, left_out)};
    return judge().joins;
  }
};

TEST_F(StreamJoinTest, ActivitiesFarAwayAndOfOthersAreNotJoined) {
  events_ = {click("early", 0), click("others", 5001), click("last", 10'001), click("late", 10'002),
             change("d-1", 5001)};
  events_[1].user_id = "bert";
  EXPECT_EQ(judge_join("time", json::array({activity_of(events_[2])})).broken(), 0u);
  events_[0].time += 1;
  EXPECT_EQ(
      judge_join("time", json::array({activity_of(events_[0]), activity_of(events_[2])})).broken(),
      0u);
  EXPECT_EQ(judge_join("time", json::array({activity_of(events_[2])})).wrong, 1u);
}

TEST_F(StreamJoinTest, TheSameCorrelationIdGoesBeforeTime) {
  events_[1].correlation_id = events_[2].correlation_id = "flow";
  auto joined = activity_of(events_[1]);
  joined["correlationId"] = "flow";
  auto record = join(events_[2], "correlationId", json::array({joined}));
  record.value["change"]["correlationId"] = "flow";
  topics_.joins = {record};
  EXPECT_THAT(judge().joins.examples, ElementsAre());
  topics_.joins[0].value["matchedBy"] = "time";
  EXPECT_EQ(judge().joins.wrong, 1u);
}

TEST_F(StreamJoinTest, AChangeWithoutActivitiesHasARecordAllTheSame) {
  events_ = {change("d-1", 0)};
  EXPECT_EQ(judge_join("none", json::array()).broken(), 0u);
  EXPECT_EQ(judge_join("time", json::array()).wrong, 1u);
  topics_.joins.clear();
  EXPECT_EQ(judge().joins.missing, 1u);
}

TEST_F(StreamJoinTest, AnotherOrderAndAnotherContentAreFound) {
  const json first = activity_of(events_[0]);
  const json second = activity_of(events_[1]);
  EXPECT_EQ(judge_join("time", json::array({first, second})).broken(), 0u);
  EXPECT_EQ(judge_join("time", json::array({second, first})).wrong, 1u);
  EXPECT_EQ(judge_join("time", json::array({first, first})).wrong, 1u);
  json other = second;
  other["element"] = "cancel";
  EXPECT_EQ(judge_join("time", json::array({first, other})).wrong, 1u);
  EXPECT_EQ(judge_join("time", json::array({first, second}), 1).wrong, 1u);
}

TEST_F(StreamJoinTest, OfManyActivitiesTheNearestHundredAreThere) {
  events_.clear();
  for (std::int64_t i = 0; i < 102; ++i)
    events_.push_back(click("c-" + std::to_string(1000 + i), i));
  events_.push_back(change("d-1", 200));
  const auto from = [&](std::size_t begin, std::size_t end) {
    json activities = json::array();
    for (std::size_t i = begin; i < end; ++i) activities.push_back(activity_of(events_[i]));
    return activities;
  };
  EXPECT_EQ(judge_join("time", from(2, 102), 2).broken(), 0u);
  EXPECT_EQ(judge_join("time", from(1, 101), 2).wrong, 1u);
  EXPECT_EQ(judge_join("time", from(0, 102), 0).wrong, 1u);
  EXPECT_EQ(judge_join("time", from(3, 102), 3).wrong, 1u);
}

TEST_F(StreamJoinTest, AChangeThatNobodyRecordedIsFound) {
  topics_.joins.push_back(join(change("d-2", 0), "none", json::array()));
  EXPECT_EQ(judge().joins.invented, 1u);
}

}  // namespace
}  // namespace penstock::oracle
