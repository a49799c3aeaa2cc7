// Goal: a person sees at a glance what happened, to whom and where, and no event can harm the
// terminal; a program gets everything. Method: pure functions, records in, lines out.
#include "record_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Not;

const ViewSettings kView;

Record record(std::string value) {
  Record record;
  record.topic = "user-activity";
  record.partition = 2;
  record.offset = 17;
  record.timestamp_ms = 1'733'661'296'789;  // 2024-12-08T12:34:56.789Z
  record.key = "user-4711";
  record.value = std::move(value);
  return record;
}

Record dead_letter() {
  auto letter = record("{\"eventType\":1}");
  letter.topic = "dead-letter";
  letter.headers = {{"code", "missing_field"},
                    {"pointer", "/timestamp"},
                    {"message", "an event needs its time"},
                    {"index", "3"},
                    {"rejectedAt", "2024-12-08T12:34:57.000Z"},
                    {"keyId", "demo-app"}};
  return letter;
}

constexpr const char* kClick =
    R"({"eventType":"UserActivity","timestamp":"2024-12-08T12:34:56.001Z","seq":42,"userId":"user-4711",)"
    R"("pageId":"approval-screen","activityType":"Click","metadata":{"app":"demo"},)"
    R"("details":{"element":"approve-button","retries":2}})";

TEST(PrettyRecordTest, ShowsTimePlaceWhatWhoWhereAndDetailsInColumns) {
  EXPECT_EQ(to_pretty(record(kClick), kView),
            "2024-12-08 12:34:56.001 user-activity[2]@17   Click              user-4711        "
            "approval-screen      element=approve-button retries=2");
}

TEST(PrettyRecordTest, DatabaseChangeShowsActionAndRecord) {
  EXPECT_THAT(
      to_pretty(record(R"({"eventType":"DatabaseChange","timestamp":"2024-12-08T12:34:56.001Z",)"
                       R"("recordId":"REQ-1041","action":"Approved",)"
                       R"("details":{"previousStatus":"Pending","currentStatus":"Approved"}})"),
                kView),
      AllOf(HasSubstr("Approved"), HasSubstr("REQ-1041"),
            HasSubstr("currentStatus=Approved previousStatus=Pending")));
}

// The head of each column begins where its values do, whatever these are.
TEST(PrettyRecordTest, ColumnsHaveHeadsAndStayInLine) {
  const ViewSettings view{.place_width = place_width_of({"staging.user-activity"})};
  const auto heads = pretty_heads(view);
  auto plain = record(kClick);
  plain.topic = "staging.user-activity";
  auto wide = record(
      R"({"activityType":"ProcessCompletionOfSomethingLong","timestamp":"2024-12-08T12:34:56.001Z",)"
      R"("userId":"Zoë-with-a-name-that-never-ends","pageId":"a-page-with-a-name-that-never-ends",)"
      R"("details":{"element":"approve-button"}})");
  wide.offset = 123'456'789'012;
  const auto at = heads.find("DETAILS");
  EXPECT_EQ(to_pretty(plain, view).find("element="), at);
  const auto line = to_pretty(wide, view);
  EXPECT_THAT(line, AllOf(HasSubstr(" ProcessCompletion… "), HasSubstr(" Zoë-with-a-name… "),
                          HasSubstr(" a-page-with-a-name-… ")));
  // An ellipsis is three bytes, an ë two.
  EXPECT_EQ(line.find("element="), at + 2 * 3 + 1);
}

TEST(PrettyRecordTest, MaskedValuesAreSeenAsMasked) {
  const auto line =
      to_pretty(record(R"({"activityType":"FormSubmission","details":{"password":"[removed]",)"
                       R"("comments":"call [phone] or write to [email]"}})"),
                kView);
  EXPECT_THAT(line, HasSubstr("password=[removed]"));
  EXPECT_THAT(line, HasSubstr("comments=\"call [phone] or write to [email]\""));
}

TEST(PrettyRecordTest, DeadLetterShowsCodePointerMessageAndOrigin) {
  EXPECT_EQ(to_pretty(dead_letter(), kView),
            "2024-12-08 12:34:57.000 dead-letter[2]@17     REJECTED           missing_field at "
            "/timestamp: an event needs its time (write key demo-app, event 3 of its batch)");
}

TEST(PrettyRecordTest, DeadLetterWithoutPointerIsAboutTheEventAsAWhole) {
  auto letter = dead_letter();
  letter.headers[1].second = "";
  EXPECT_THAT(to_pretty(letter, kView), HasSubstr("missing_field at the event: "));
}

TEST(PrettyRecordTest, EventWithoutTimeShowsKafkas) {
  EXPECT_THAT(to_pretty(record(R"({"activityType":"Click"})"), kView),
              HasSubstr("2024-12-08 12:34:56.789"));
}

TEST(PrettyRecordTest, ValueThatIsNoEventIsDescribed) {
  for (const auto* value : {"", "not JSON", "[1]", "\xff\xfe"})
    EXPECT_THAT(to_pretty(record(value), kView), HasSubstr("bytes that are not a JSON event"));
}

TEST(PrettyRecordTest, ColourIsOnlyUsedWhenAskedFor) {
  EXPECT_THAT(to_pretty(record(kClick), ViewSettings{.colour = true}), HasSubstr("\x1b["));
  EXPECT_THAT(to_pretty(record(kClick), kView), Not(HasSubstr("\x1b")));
  EXPECT_THAT(to_pretty(dead_letter(), kView), Not(HasSubstr("\x1b")));
}

TEST(PrettyRecordTest, NoEventCanSteerTheTerminal) {
  // ESC, BEL, newline, DEL and CSI as U+009B, in each place that comes from the client.
  const std::string nasty = R"(a\u001b[2Jb\u0007\nc\u007fd\u009b31me)";
  auto event =
      record(R"({"activityType":")" + nasty + R"(","userId":")" + nasty + R"(","timestamp":")" +
             nasty + R"(","details":{")" + nasty + R"(":")" + nasty + R"("}})");
  auto letter = dead_letter();
  letter.headers[1].second = letter.headers[2].second = "a\x1b[2Jb\x07\nc\x7f\xc2\x9b";
  for (const auto& line : {to_pretty(event, kView), to_pretty(letter, kView)}) {
    EXPECT_EQ(line.find_first_of("\x1b\x07\n\x7f"), std::string::npos) << line;
    EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos) << line;
  }
}

TEST(PrettyRecordTest, OtherScriptsStayReadable) {
  EXPECT_THAT(to_pretty(record(R"({"activityType":"Click","userId":"Zoë"})"), kView),
              HasSubstr("Zoë"));
}

TEST(JsonRecordTest, HoldsEverything) {
  auto click = record(kClick);
  click.headers = {{"eventId", "id-1"}};
  const auto line = nlohmann::json::parse(to_json_line(click));
  EXPECT_EQ(line["topic"], "user-activity");
  EXPECT_EQ(line["partition"], 2);
  EXPECT_EQ(line["offset"], 17);
  EXPECT_EQ(line["timestamp"], "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(line["key"], "user-4711");
  EXPECT_EQ(line["headers"]["eventId"], "id-1");
  EXPECT_EQ(line["value"]["seq"], 42);
}

TEST(JsonRecordTest, ValueThatIsNoJsonIsTextAndTheLineStaysValid) {
  auto bytes = record("\xff{");
  bytes.key.reset();
  const auto line = nlohmann::json::parse(to_json_line(bytes));
  EXPECT_EQ(line["value"], "\xEF\xBF\xBD{");
  EXPECT_TRUE(line["key"].is_null());
}

// Anybody's dead letter may be that deep, and a topic may hold what no gateway wrote.
TEST(JsonRecordTest, ValueDeeperThanAStackIsTextAndTheLineStaysValid) {
  for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    std::string value = R"({"details":)";
    for (int level = 0; level < 200'000; ++level) value += open;
    value += '1';
    for (int level = 0; level < 200'000; ++level) value += close;
    value += '}';
    const auto line = nlohmann::json::parse(to_json_line(record(value)));
    EXPECT_EQ(line["value"], value);
    EXPECT_THAT(to_pretty(record(value), kView), HasSubstr("not a JSON event"));
    EXPECT_EQ(order_of_event(record(value)).second, 0u);
  }
}

TEST(OrderTest, EventsSortByTheirTimeAndThenTheirSeq) {
  const auto at = [](const std::string& second, int seq) {
    return order_of_event(record(R"({"timestamp":"2024-12-08T12:34:)" + second +
                                 R"(.000Z","seq":)" + std::to_string(seq) + "}"));
  };
  EXPECT_THAT((std::vector{at("01", 9), at("02", 10)}), Each(Lt(at("02", 11))));
  // Without a time of its own: Kafka's.
  EXPECT_EQ(order_of_event(record("no JSON")).first, "2024-12-08T12:34:56.789Z");
}

}  // namespace
}  // namespace penstock::ctl
