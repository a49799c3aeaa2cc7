// Goal: a person reads what happened, in the order in which it happened, in a terminal or on a page
// that no record can harm; a program gets the whole records. Method: records in, lines, JSON and
// HTML out.
#include "timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trace_page.hpp"

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::int64_t kArrival = 1'733'661'300'000;  // 2024-12-08T12:35:00Z

Record arrived(std::int64_t offset, std::string value, std::string topic = "user-activity") {
  Record record;
  record.topic = std::move(topic);
  record.partition = 2;
  record.offset = offset;
  record.timestamp_ms = kArrival;
  record.value = std::move(value);
  return record;
}

Record rejected(std::int64_t offset, std::string value, std::string pointer = "/action") {
  auto record = arrived(offset, std::move(value), "dead-letter");
  record.key = "install-1";
  record.headers = {{"code", "missing_field"},
                    {"pointer", std::move(pointer)},
                    {"message", "expected this field"},
                    {"rejectedAt", "2024-12-08T12:34:59.000Z"}};
  return record;
}

std::string activity(const std::string& time, const std::string& type,
                     const std::string& more = "") {
  return R"({"eventType":"UserActivity","timestamp":"2024-12-08T)" + time +
         R"(Z","activityType":")" + type + R"(","userId":"user-1","sessionId":"s-1")" + more + "}";
}

Trace trace_of(const std::vector<Record>& records) {
  Trace trace{"user-1", {}, 0};
  for (const auto& record : records)
    trace.events.push_back(read_trace_event(record, {IdField::kUser}));
  std::sort(trace.events.begin(), trace.events.end());
  return trace;
}

Trace session() {
  return trace_of(
      {arrived(4, activity("12:36:04.500", "SessionEnd")),
       rejected(0, R"({"timestamp":"2024-12-08T12:34:03Z","userId":"user-1","sessionId":"s-1"})"),
       arrived(9,
               R"({"timestamp":"2024-12-08T12:34:02.100Z","action":"Approved","recordId":"R-1",)"
               R"("userId":"user-1","pageId":"desk"})",
               "staging.db-changes"),
       arrived(1, activity("12:34:01.000", "SessionStart")),
       arrived(2, activity("12:34:02.000", "Error", R"(,"details":{"error":"closed","code":7})"))});
}

TEST(TimelineTest, ShowsHeadLinesGapsSessionsAndPlaces) {
  EXPECT_EQ(
      to_timeline(session(), false),
      "user-1  is userId of 5\n"
      "2024-12-08 12:34:01.000 to 2024-12-08 12:36:04.500 UTC (2 m 3 s): 5 events, 1 session, "
      "1 error, 1 dead letter\n"
      "\n"
      "── session s-1 starts ──\n"
      "2024-12-08 12:34:01.000             user-activity  SessionStart                             "
      " "
      "user-1                                                      user-activity[2]@1\n"
      "2024-12-08 12:34:02.000      +1.0 s user-activity  Error                                    "
      " "
      "user-1         error=closed  code=7                         user-activity[2]@2\n"
      "2024-12-08 12:34:02.100     +100 ms db-changes     Approved R-1             desk            "
      " "
      "user-1                                                      staging.db-changes[2]@9\n"
      "2024-12-08 12:34:03.000     +900 ms dead-letter    REJECTED missing_field                   "
      " "
      "user-1         /action: expected this field                 dead-letter[2]@0\n"
      "2024-12-08 12:36:04.500    +2 m 1 s user-activity  SessionEnd                               "
      " "
      "user-1                                                      user-activity[2]@4\n"
      "── session s-1 ends: 2 m 3 s, 4 events ──\n");
}

TEST(TimelineTest, ColourIsOnlyUsedWhenAskedFor) {
  EXPECT_THAT(to_timeline(session(), true), HasSubstr("\x1b["));
  EXPECT_THAT(to_timeline(session(), false), Not(HasSubstr("\x1b")));
}

TEST(TimelineTest, ATraceThatWasCutSaysSo) {
  auto trace = session();
  EXPECT_EQ(cut_text(trace), "");
  trace.left_out = 3;
  EXPECT_THAT(to_timeline(trace, false), HasSubstr("Cut: 3 later events match too; see --count"));
  EXPECT_EQ(nlohmann::json::parse(to_trace_json(trace))["leftOut"], 3);
  EXPECT_THAT(to_trace_page(trace), HasSubstr("Cut: 3 later events"));
}

TEST(TimelineTest, NoRecordCanSteerTheTerminal) {
  const std::string nasty = R"(a\u001b[2Jb\u0007\nc\u007fd\u009b31me)";
  auto letter = rejected(1, R"({"userId":")" + nasty + R"("})", "a\x1b[2J\n");
  letter.headers[2].second = "b\x07\x7f\xc2\x9b";
  auto trace = trace_of({arrived(1, activity("12:34:01.000", nasty,
                                             R"(,"pageId":")" + nasty + R"(","details":{")" +
                                                 nasty + R"(":")" + nasty + R"("}})")),
                         letter});
  trace.id = "x\x1b[2Jy";
  trace.events[0].session = "s\x1b[2Jt";
  auto lines = to_timeline(trace, false);
  EXPECT_EQ(lines.find_first_of("\x1b\x07\x7f"), std::string::npos) << lines;
  EXPECT_EQ(lines.find("\xc2\x9b"), std::string::npos) << lines;
}

TEST(TimelineTest, EventsSortByTheirTimeWhateverItsZoneThenBySeq) {
  const auto at = [](const std::string& time, int seq, std::int64_t offset) {
    return arrived(offset, R"({"timestamp":")" + time + R"(","installId":"i","seq":)" +
                               std::to_string(seq) + "}");
  };
  const auto trace =
      trace_of({at("2024-12-08T13:34:00.5+01:00", 2, 0), at("2024-12-08T12:34:00.500Z", 1, 1),
                at("2024-12-08T12:34:00Z", 9, 2)});
  std::vector<std::int64_t> offsets;
  for (const auto& event : trace.events) offsets.push_back(event.record.offset);
  EXPECT_THAT(offsets, ElementsAre(2, 1, 0));
}

TEST(TimelineTest, WhatHasNoReadableTimeHasThatOfItsRejectionOrArrival) {
  EXPECT_EQ(read_trace_event(arrived(0, "no JSON"), {}).time_ms, kArrival);
  EXPECT_EQ(read_trace_event(rejected(0, "no JSON"), {}).time_ms, kArrival - 1000);
  const auto wrong = rejected(0, R"({"timestamp":"1999-01-01T00:00:00Z"})", "/timestamp");
  EXPECT_EQ(read_trace_event(wrong, {}).time_ms, kArrival - 1000);
}

TEST(TimelineTest, DurationsAreReadable) {
  EXPECT_EQ(duration_text(0), "0 ms");
  EXPECT_EQ(duration_text(999), "999 ms");
  EXPECT_EQ(duration_text(1'250), "1.2 s");
  EXPECT_EQ(duration_text(180'000), "3 m");
  EXPECT_EQ(duration_text(7'500'000), "2 h 5 m");
  EXPECT_EQ(duration_text(97 * 3'600'000LL), "4 d 1 h");
}

TEST(TimelineTest, JsonHoldsTheWholeRecordsInTheirOrder) {
  const auto whole = nlohmann::json::parse(to_trace_json(session()));
  EXPECT_EQ(whole["id"], "user-1");
  EXPECT_EQ(whole["matchedAs"], (nlohmann::json{{"userId", 5}}));
  EXPECT_EQ(whole["from"], "2024-12-08T12:34:01.000Z");
  EXPECT_EQ(whole["to"], "2024-12-08T12:36:04.500Z");
  EXPECT_FALSE(whole.contains("leftOut"));
  ASSERT_EQ(whole["events"].size(), 5u);
  EXPECT_EQ(whole["events"][3]["headers"]["code"], "missing_field");
  EXPECT_EQ(whole["events"][1]["value"]["details"]["code"], 7);
  const auto none = nlohmann::json::parse(to_trace_json(Trace{"\xff\"", {}, 0}));
  EXPECT_TRUE(none["from"].is_null());
  EXPECT_TRUE(none["events"].empty());
}

TEST(TracePageTest, HoldsFiguresLanesAndEventsInTheirOrder) {
  const auto page = to_trace_page(session());
  EXPECT_THAT(page, AllOf(StartsWith("<!doctype html>"), HasSubstr("<b>5</b><span>events"),
                          HasSubstr("class=\"lane\" text-anchor=\"start\">db-changes<"),
                          HasSubstr("class=\"ev rejected\" id=\"e4\""), HasSubstr("+2 m 1 s"),
                          HasSubstr("<title>12:34:02.100 Approved R-1</title>")));
  EXPECT_LT(page.find("id=\"e1\""), page.find("id=\"e2\""));
}

TEST(TracePageTest, LoadsAndRunsNothing) {
  const auto page = to_trace_page(session());
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'; style-src 'unsafe-inline'"),
                          Not(HasSubstr("<script")), Not(HasSubstr("http:")),
                          Not(HasSubstr("https:")), Not(HasSubstr("url("))));
}

TEST(TracePageTest, NoTextOfARecordBecomesMarkup) {
  const std::string evil = R"(<script>alert(1)</script></details></pre>\"'&<img src=x onerror=y>)";
  auto record = arrived(1, activity("12:34:01.000", evil,
                                    R"(,"pageId":")" + evil + R"(","details":{")" + evil +
                                        R"(":")" + evil + R"("})"));
  record.topic = record.key.emplace("<b>\"'&");
  record.headers = {{"<i>", "</pre>"}};
  auto letter = rejected(2, "\"" + evil + "\"", "</summary>");
  letter.headers[2].second = "<u>";
  auto trace = trace_of({record, letter});
  trace.id = "</title><svg onload=x>";
  trace.events.front().session = "</text><a>";
  trace.events.front().user = "<q>";
  const auto page = to_trace_page(trace);
  for (const auto* markup : {"<script", "<img", "<b>\"", "<i>", "<u>", "<q>", "</title><svg",
                             "</text><a>", "</details></pre>", "</summary></", "alert(1)</"})
    EXPECT_THAT(page, Not(HasSubstr(markup)));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&lt;/details&gt;&lt;/pre&gt;"
                              "&quot;&#39;&amp;&lt;img"));
}

TEST(TracePageTest, ControlCharactersAndTurnedTextAreWrittenOut) {
  auto trace = trace_of(
      {arrived(1, activity("12:34:01.000", R"(a\u001b\u0000\u009bb\u007f)")),
       arrived(2, activity("12:34:01.000", std::string("c\xe2\x80\xae") + "d\xe2\x81\xa6" + "x"))});
  const auto page = to_trace_page(trace);
  EXPECT_EQ(page.find_first_of(std::string("\x1b\x7f\0", 3)), std::string::npos);
  EXPECT_EQ(page.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(page, HasSubstr("c\\u202ed\\u2066x"));
}

TEST(TracePageTest, LongStretchesWithoutAnEventAreCutOutOfTheChart) {
  const auto page = to_trace_page(trace_of({arrived(1, activity("09:00:00.000", "A")),
                                            arrived(2, activity("09:00:10.000", "B")),
                                            arrived(3, activity("17:00:00.000", "C"))}));
  EXPECT_THAT(page, AllOf(HasSubstr("class=\"break\""), HasSubstr(">7 h 59 m</text>")));
}

}  // namespace
}  // namespace penstock::ctl
