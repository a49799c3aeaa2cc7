// Goal: every typed event becomes the JSON that the documentation shows, masked, and what is wrong
// with an event is said and never guessed. Method: encode, parse with an independent library,
// compare fields.
#include <gmock/gmock.h>

#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "event_encoder_fixture.hpp"
#include "wire/limits.hpp"

namespace penstock {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
TEST_F(EventEncoderTest, PageViewHasTypeTimeActivityAndPage) {
  EXPECT_EQ(encode(Event::page_view("home_page")),
            Json::parse(R"({"eventType":"UserActivity","timestamp":"2024-12-08T12:34:56.789Z",
                            "activityType":"PageView","pageId":"home_page","schemaVersion":1})"));
}

TEST_F(EventEncoderTest, EachActivityIsSpelledAsDocumented) {
  const auto success = Event::Outcome::kSuccess;
  const std::pair<Event, const char*> cases[] = {
      {Event::session_start(), "SessionStart"},
      {Event::session_end(1s), "SessionEnd"},
      {Event::page_start("p"), "PageStart"},
      {Event::page_end("p", 1s), "PageEnd"},
      {Event::page_view("p"), "PageView"},
      {Event::click("p", "b"), "Click"},
      {Event::form_submission("p", "f", success), "FormSubmission"},
      {Event::process_completion("x", success), "ProcessCompletion"},
      {Event::error("e"), "Error"},
      {Event::activity("Hover"), "Hover"},
  };
  for (const auto& [event, spelled] : cases) {
    EXPECT_EQ(encode(event)["activityType"], spelled);
    EXPECT_EQ(encode(event)["eventType"], "UserActivity");
  }
}

TEST_F(EventEncoderTest, RecordChangesCarryRecordActionAndStatus) {
  const Json event = encode(Event::record_approved("record_123")
                                .status_change("Pending", "Approved")
                                .comments("Record meets the criteria.")
                                .metadata("sourceSystem", "WorkflowApp"));
  EXPECT_EQ(event["eventType"], "DatabaseChange");
  EXPECT_EQ(event["recordId"], "record_123");
  EXPECT_EQ(event["action"], "Approved");
  EXPECT_EQ(event["details"]["previousStatus"], "Pending");
  EXPECT_EQ(event["metadata"]["sourceSystem"], "WorkflowApp");
  EXPECT_FALSE(event.contains("activityType"));
  EXPECT_EQ(encode(Event::record_denied("r"))["action"], "Denied");
  EXPECT_EQ(encode(Event::record_returned("r"))["action"], "Returned");
}

TEST_F(EventEncoderTest, DurationsAreSecondsWithMilliseconds) {
  EXPECT_EQ(encode(Event::page_end("p", 45'250ms))["details"]["duration"], 45.25);
}

TEST_F(EventEncoderTest, ValuesKeepTheirTypes) {
  const Json details = encode(Event::click("p", "b")
                                  .detail("text", "t")
                                  .detail("null", nullptr)
                                  .detail("nullText", static_cast<const char*>(nullptr))
                                  .detail("yes", true)
                                  .detail("negative", -7)
                                  .detail("large", std::numeric_limits<std::uint64_t>::max())
                                  .detail("real", 0.1))["details"];
  EXPECT_EQ(details["text"], "t");
  EXPECT_TRUE(details["null"].is_null());
  EXPECT_TRUE(details["nullText"].is_null());
  EXPECT_EQ(details["yes"], true);
  EXPECT_EQ(details["negative"], -7);
  EXPECT_EQ(details["large"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(details["real"], 0.1);
}

TEST_F(EventEncoderTest, ATraceIsInTheMetadataAndItsIdIsTheCorrelation) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Json event = encode(Event::click("p", "b").trace(trace));
  EXPECT_EQ(event["metadata"]["traceparent"], trace);
  EXPECT_EQ(event["correlationId"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(EventEncoderTest, ACorrelationOfItsOwnWinsOverTheTraces) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Json event = encode(Event::click("p", "b").correlation("flow-1").trace(trace));
  EXPECT_EQ(event["metadata"]["traceparent"], trace);
  EXPECT_EQ(event["correlationId"], "flow-1");
}

TEST_F(EventEncoderTest, AnEmptyTraceIsNoneAndAnInvalidOneIsRefused) {
  EXPECT_FALSE(encode(Event::click("p", "b").trace("")).contains("metadata"));
  EXPECT_THAT(problem_of(Event::click("p", "b").trace("no trace")), HasSubstr("traceparent"));
  EXPECT_THAT(problem_of(Event::click("p", "b").trace(
                  "00-00000000000000000000000000000000-00f067aa0ba902b7-01")),
              HasSubstr("traceparent"));
}

TEST_F(EventEncoderTest, PersonalDataIsMaskedWhereverAProgramPutsIt) {
  const std::string text = encode_text(Event::error("mail anna@example.com")
                                           .page("anna@example.com")
                                           .user("anna@example.com")
                                           .correlation("anna@example.com")
                                           .detail("anna@example.com", "card 4111 1111 1111 1111")
                                           .detail("cardAsNumber", 4111111111111111LL)
                                           .detail("password", "hunter2")
                                           .metadata("token", 12345)
                                           .metadata("note", "call +1 212 555 0142"));
  ASSERT_EQ(problem_, "");
  for (const char* planted : {"anna", "4111", "hunter2", "12345", "212 555"}) {
    EXPECT_THAT(text, ::testing::Not(HasSubstr(planted)));
  }
  const Json event = Json::parse(text);
  EXPECT_EQ(event["details"]["error"], "mail [email]");
  EXPECT_EQ(event["details"]["cardAsNumber"], "[card]");
  EXPECT_EQ(event["details"]["password"], "[removed]");
  EXPECT_EQ(event["metadata"]["token"], "[removed]");
  EXPECT_EQ(masked_, 10u);
}

TEST_F(EventEncoderTest, NamesThatAreMaskedToTheSameStayApart) {
  const Json details = encode(Event::click("p", "b")
                                  .detail("anna@example.com", 1)
                                  .detail("berta@example.com", 2)
                                  .detail("of +33612345678", 3))["details"];
  EXPECT_EQ(details, (Json{{"[email]", 1}, {"[email 2]", 2}, {"element", "b"}, {"of [phone]", 3}}));
}

TEST_F(EventEncoderTest, ACardNumberHeldAsARealNumberIsMasked) {
  const Json details = encode(Event::click("p", "b")
                                  .detail("card", 4111111111111111.0)
                                  .detail("negative", -4111111111111111.0)
                                  .detail("large", 1.5e15))["details"];
  EXPECT_EQ(details["card"], "[card]");
  EXPECT_THAT(details["negative"].dump(), ::testing::Not(HasSubstr("4111")));
  EXPECT_EQ(details["large"], 1.5e15);
}

TEST_F(EventEncoderTest, AnIdentifierWhoseNameIsToBeRemovedIsRemovedWhereverItComesFrom) {
  privacy::RuleSetOptions options;
  options.remove_fields = {"userId", "pageId", "recordId"};
  rules_ = privacy::RuleSet(options);
  EXPECT_EQ(encode(Event::page_view("home").user("anna"))["userId"], "[removed]");
  EXPECT_EQ(encode(Event::page_view("home"))["pageId"], "[removed]");
  EXPECT_EQ(encode(Event::record_approved("REQ-1"))["recordId"], "[removed]");
  set_user(R"("anna")");
  const Json event = encode(Event::click("home", "b"));
  EXPECT_EQ(event["userId"], "[removed]");
  EXPECT_EQ(event["activityType"], "Click");
  EXPECT_EQ(masked_, 2u);
}

TEST_F(EventEncoderTest, TheClientsUserIsUsedUnlessTheEventNamesItsOwn) {
  set_user(R"("user-1")");
  EXPECT_EQ(encode(Event::session_start())["userId"], "user-1");
  EXPECT_EQ(encode(Event::session_start().user("user-2"))["userId"], "user-2");
}

TEST_F(EventEncoderTest, TextThatIsNoUtf8BecomesValidJson) {
  const Json event = encode(Event::error("bad \xFF byte, NUL \0 and \xED\xA0\x80 surrogate"));
  EXPECT_THAT(event["details"]["error"].get<std::string>(), HasSubstr("bad \xEF\xBF\xBD byte"));
}

TEST_F(EventEncoderTest, LimitsOfIdentifiersHoldAtTheirBorders) {
  const std::string just_right(wire::kIdentifierBytesMax, 'x');
  const std::string too_long(wire::kIdentifierBytesMax + 1, 'x');
  EXPECT_EQ(problem_of(Event::page_view(just_right)), "");
  const std::pair<Event, const char*> cases[] = {
      {Event::page_view(too_long), "pageId"},
      {Event::record_approved(too_long), "recordId"},
      {Event::record_changed("r", too_long), "action"},
      {Event::activity(too_long), "activityType"},
      {Event::session_start().user(too_long), "userId"},
      {Event::session_start().session(too_long), "sessionId"},
      {Event::session_start().correlation(too_long), "correlationId"},
  };
  for (const auto& [event, field] : cases)
    EXPECT_EQ(problem_of(event),
              field + std::string(" is longer than 256 bytes; use a shorter one"));
  EXPECT_THAT(problem_of(Event::session_start().user("a\nb")),
              HasSubstr("userId has a control character"));
}

TEST_F(EventEncoderTest, WhatAnEventLacksIsNamed) {
  const auto success = Event::Outcome::kSuccess;
  const std::pair<Event, const char*> cases[] = {
      {Event::activity(""), "activityType is empty"},
      {Event::record_changed("r", ""), "action is empty"},
      {Event::record_approved(""), "recordId is empty"},
      {Event::page_start(""), "pageId is empty"},
      {Event::page_end("", 1s), "pageId is empty"},
      {Event::page_view(""), "pageId is empty"},
      {Event::click("", "b"), "pageId is empty"},
      {Event::click("p", ""), "element is empty"},
      {Event::form_submission("", "f", success), "pageId is empty"},
      {Event::form_submission("p", "", success), "form is empty"},
      {Event::process_completion("", success), "process is empty"},
      {Event::error(""), "error is empty"},
  };
  for (const auto& [event, expected] : cases)
    EXPECT_THAT(problem_of(event), ::testing::StartsWith(expected));
  // What no event has to have is left out by an empty text, and the page of a click by none.
  EXPECT_EQ(problem_of(Event::click({}, "b")), "");
  EXPECT_EQ(problem_of(Event::form_submission({}, "f")), "");
  EXPECT_EQ(problem_of(Event::session_start().user("").session("").page("").correlation("")), "");
  EXPECT_THAT(problem_of(Event::click("p", "b").detail("", 1)),
              HasSubstr("detail 2 has an empty name"));
  EXPECT_THAT(problem_of(Event::click("p", "b").metadata("x", 1).metadata("x", 2)),
              HasSubstr("metadata field 2 has the name of an earlier one"));
  EXPECT_THAT(problem_of(Event::click("p", "b").detail(std::string(129, 'n'), 1)),
              HasSubstr("128 bytes"));
  EXPECT_THAT(problem_of(Event::page_end("p", -1ms)), HasSubstr("details.duration is negative"));
  EXPECT_THAT(problem_of(Event::session_start().at(std::chrono::system_clock::time_point(-1s))),
              HasSubstr("before 1970"));
}

TEST_F(EventEncoderTest, NumbersThatJsonDoesNotHaveAreRefused) {
  using Limits = std::numeric_limits<double>;
  for (const double number : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    EXPECT_THAT(problem_of(Event::click("p", "b").detail("n", number)),
                HasSubstr("detail 2 is not a finite number"));
    EXPECT_THAT(problem_of(Event::session_start().metadata("n", number)),
                HasSubstr("metadata field 1 is not a finite number"));
  }
  EXPECT_EQ(problem_of(Event::session_start().detail("n", Limits::max())), "");
}

TEST_F(EventEncoderTest, MoreDetailsThanFitAreRefusedAndNotCut) {
  static const std::string names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                      "j", "k", "l", "m", "n", "o", "p", "q"};
  Event event = Event::session_start();
  for (std::size_t i = 0; i < Event::kDetailsMax; ++i) event.detail(names[i], i);
  EXPECT_EQ(problem_of(event), "");
  event.detail(names[Event::kDetailsMax], 1);
  EXPECT_THAT(problem_of(event), HasSubstr("more than 16 details"));
}

TEST_F(EventEncoderTest, ATypeOfTheProgramsOwnHasWhatAllHaveAndNoActivity) {
  EXPECT_EQ(encode(Event::custom("Purchase").user("u").page("p").detail("total", 9)),
            Json::parse(R"({"eventType":"Purchase","timestamp":"2024-12-08T12:34:56.789Z",
                            "userId":"u","pageId":"p","details":{"total":9},"schemaVersion":1})"));
  EXPECT_EQ(encode(Event::custom("Purchase", 12))["schemaVersion"], 12);
}

TEST_F(EventEncoderTest, ATypeThatWasNotNamedIsRefused) {
  for (const char* type : {"Payment", "purchase", "", "UserActivity", "a\"b"}) {
    EXPECT_THAT(problem_of(Event::custom(type)),
                HasSubstr("eventType is not one of Options::event_types"))
        << type;
  }
}

TEST_F(EventEncoderTest, ASchemaVersionIsFromOneToAMillion) {
  EXPECT_EQ(problem_of(Event::custom("Purchase", 1'000'000)), "");
  for (const std::uint32_t version : {0U, 1'000'001U})
    EXPECT_THAT(problem_of(Event::custom("Purchase", version)), HasSubstr("schemaVersion is not"));
}

TEST_F(EventEncoderTest, ATypeOfTheProgramsOwnIsNotCountedAsAnActivity) {
  EXPECT_EQ(EventEncoder::type_of(Event::custom("Click")), wire::TypeId::kOther);
  EXPECT_EQ(EventEncoder::type_of(Event::click({}, "b")), wire::TypeId::kClick);
}

TEST_F(EventEncoderTest, ABufferThatIsTooSmallIsReportedAndNeverOverrun) {
  const Event event = Event::click("page", "button").detail("text", "some text to fill it up");
  const std::string whole = encode_text(event);
  for (std::size_t capacity = 0; capacity < whole.size(); ++capacity) {
    // Exact, so that ASan sees one byte too many
    const auto buffer = std::make_unique<char[]>(capacity);
    wire::JsonWriter out(buffer.get(), capacity);
    EventEncoder(rules_, types_).encode(event, identity_, kNowMs, out);
    EXPECT_TRUE(out.overflowed()) << capacity;
  }
}

}  // namespace
}  // namespace penstock
