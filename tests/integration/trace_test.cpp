// Goal: what happened to one user is told in its order: in a terminal, to a program, and on a page
// that a browser shows without a word in its console; and a user is looked up without reading all.
// Method: the real program, a real gateway, the shared broker, and Chromium where it is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "integration/penstockctl_fixture.hpp"
#include "support/kafka_admin.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTraced = "4bf92f3577b34da6a3ce929d0e0e4736";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "" if it is not installed.
std::string program_named(const std::vector<std::string>& names) {
  const char* const path = std::getenv("PATH");
  for (const auto& name : names) {
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
      if (std::filesystem::exists(std::filesystem::path(folder) / name)) return folder + '/' + name;
    }
  }
  return "";
}

class TraceTest : public PenstockctlTest {
 protected:
  // Of user-1: a session with a page, a rejected event, an approval. Of user-2: clicks.
  void record_two_users() {
    start();
    const auto at = [](Json event, const std::string& second) {
      event["timestamp"] = "2026-01-02T03:04:" + second + ".000Z";
      event["sessionId"] = "session-1";
      return event;
    };
    Json begin = at(click(1, "user-1"), "01"), page = at(click(2, "user-1"), "02");
    Json bad = at(click(3, "user-1"), "03"), approved = at(approval(4, "record-1"), "04");
    Json end = at(click(5, "user-1"), "05");
    begin["activityType"] = "SessionStart";
    page["activityType"] = "PageStart";
    page["pageId"] = "<script>alert(1)</script></details>";
    bad["activityType"] = nullptr;
    approved["userId"] = "user-1";
    end["activityType"] = "SessionEnd";
    // Kafka gets the last first.
    expect_taken(post(batch_of({click(6, "user-2"), end, approved}).dump()));
    expect_taken(post(batch_of({bad, page}).dump()));
    expect_taken(post(batch_of({begin}).dump(),
                      {{"traceparent", std::string("00-") + kTraced + "-00f067aa0ba902b7-01"}}));
  }
  static void expect_taken(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
  }

  // What `trace` with these arguments has written, to both streams; it ends with `status`.
  std::string trace(std::vector<std::string> arguments, int status = 0) {
    std::filesystem::remove(output_file());
    arguments.insert(arguments.begin(), "trace");
    arguments.insert(arguments.end(), {"--admin", gateway_->admin_url()});
    EXPECT_EQ(run(arguments), status) << output();
    return output();
  }
  Json trace_json(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const auto text = trace(std::move(arguments));
    const auto begin = text.find("{\"id\"");
    return Json::parse(text.substr(begin, text.find('\n', begin) - begin));
  }
  std::string browse(const std::string& chromium, const std::string& what) {
    const auto log = directory_ / "browser";
    std::filesystem::remove(log);
    ChildProcess browser({.arguments = {chromium, "--headless", "--no-sandbox", "--disable-gpu",
                                        "--user-data-dir=" + (directory_ / "profile").string(),
                                        "--enable-logging=stderr", "--window-size=1280,900", what,
                                        "file://" + page_file().string()},
                          .environment = {},
                          .output = log});
    EXPECT_EQ(browser.wait(std::chrono::seconds(60)), 0) << content_of(log);
    return content_of(log);
  }
  std::filesystem::path page_file() const { return directory_ / "trace.html"; }
};

void expect_in_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const auto& part : parts) {
    at = text.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " is missing, or too early, in\n" << text;
  }
}

TEST_F(TraceTest, AUserIsToldInTheOrderInWhichItHappened) {
  record_two_users();
  const auto told = trace({"user-1"});
  EXPECT_THAT(told, AllOf(HasSubstr("penstockctl: reads "), HasSubstr(": about 6 records in "),
                          HasSubstr("user-1  is userId of 5\n"), Not(HasSubstr("user-2")),
                          HasSubstr("5 events, 1 session, 0 errors, 1 dead letter\n")));
  expect_in_order(told,
                  {"session session-1 starts", "SessionStart", "+1.0 s user-activity  PageStart",
                   "REJECTED ", "Approved record-1", "SessionEnd", "session session-1 ends"});
  EXPECT_THAT(trace({"user-3"}), HasSubstr("no record of user-3 arrived since 24h"));
  EXPECT_THAT(trace({"user-1", "--until", "1h"}), HasSubstr("no record of user-1"));
  EXPECT_THAT(trace({"user-1", "--count", "2"}),
              AllOf(HasSubstr("Cut: 3 later events match too"), Not(HasSubstr("Approved"))));
}

TEST_F(TraceTest, EveryKindOfIdIsFoundAndAProgramGetsWholeRecords) {
  record_two_users();
  const Json user = trace_json({"user-1", "--as", "user"});
  EXPECT_EQ(user["matchedAs"], (Json{{"userId", 5}}));
  EXPECT_EQ(user["from"], "2026-01-02T03:04:01.000Z");
  ASSERT_EQ(user["events"].size(), 5u);
  EXPECT_EQ(user["events"][2]["topic"], prefix() + "dead-letter");
  const Json& first = user["events"][0];
  EXPECT_EQ(trace_json({kTraced, "--as", "trace"})["events"], Json::array({first}));
  EXPECT_EQ(trace_json({first["headers"]["eventId"]})["matchedAs"], (Json{{"eventId", 1}}));
  EXPECT_EQ(trace_json({first["headers"]["correlationId"]})["events"], Json::array({first}));
  EXPECT_EQ(trace_json({"session-1"})["matchedAs"], (Json{{"sessionId", 5}}));
  EXPECT_EQ(trace_json({"record-1"})["matchedAs"], (Json{{"recordId", 1}}));
  EXPECT_EQ(trace_json({kInstall, "--as", "install"})["matchedAs"], (Json{{"installId", 6}}));
  EXPECT_EQ(trace_json({"--topic", prefix() + "db-changes", "user-1"})["events"].size(), 1u);
  EXPECT_EQ(trace_json({"user-1", "--as", "session"})["events"].size(), 0u);
}

TEST_F(TraceTest, AUserIsLookedUpInOnePartitionOfEachTopic) {
  for (const auto* topic : {"user-activity", "db-changes", "dead-letter"})
    KafkaAdmin(KafkaBroker::shared().bootstrap()).create_topic(prefix() + topic, 6);
  start();
  std::vector<Json> events;
  for (int i = 0; i < 60; ++i) events.push_back(click(i + 1, "user-" + std::to_string(i % 30)));
  expect_taken(post(batch_of(events).dump()));
  for (const std::string user : {"user-3", "user-4", "user-17"}) {
    const auto told = trace({user, "--as", "user"});
    EXPECT_THAT(told, HasSubstr("2 events"));
    const auto place = told.substr(told.find(prefix() + "user-activity[", told.find(" events")));
    EXPECT_THAT(told, AllOf(HasSubstr(place.substr(0, place.find(']')) + "] alone"),
                            HasSubstr("dead-letter (6 partitions)"),
                            HasSubstr(" records in 8 partitions")));
  }
  EXPECT_THAT(trace({kInstall, "--as", "install"}),
              AllOf(HasSubstr("user-activity (6 partitions)"), HasSubstr("dead-letter["),
                    HasSubstr("about 60 records in 13 partitions")));
}

TEST_F(TraceTest, APageIsWrittenWholeAndReplacesNothingUnasked) {
  record_two_users();
  const auto file = page_file().string();
  EXPECT_THAT(trace({"user-1", "--html", file}), HasSubstr("wrote " + file));
  const auto page = content_of(page_file());
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;"), Not(HasSubstr("<script"))));
  EXPECT_THAT(trace({"user-2", "--html", file}, 1), HasSubstr("it exists; --force replaces it"));
  EXPECT_EQ(content_of(page_file()), page);
  trace({"user-2", "--html", file, "--force"});
  EXPECT_THAT(content_of(page_file()), HasSubstr("<title>Trace of user-2</title>"));
  const auto other = (directory_ / "other.html").string();
  EXPECT_THAT(trace({"user-3", "--html", other}, 1), HasSubstr(other + " is not written"));
  EXPECT_THAT(trace({"user-1", "--html", "/nowhere/trace.html"}, 1), HasSubstr("/nowhere/trace"));
  EXPECT_THAT(trace({"user-1", "--html", directory_.path().string()}, 1), HasSubstr("a folder"));
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".html."))) << "left behind";
}

TEST_F(TraceTest, ABrowserShowsThePageAndHasNothingToSay) {
  const auto chromium = program_named({"chromium", "chromium-browser", "google-chrome"});
  if (chromium.empty()) GTEST_SKIP() << "no Chromium is installed";
  record_two_users();
  trace({"user-1", "--html", page_file().string()});
  const auto dom = browse(chromium, "--dump-dom");
  expect_in_order(
      dom, {"id=\"e1\"", "SessionStart", "id=\"e2\"", "PageStart", "&lt;script&gt;", "id=\"e3\"",
            "Rejected", "id=\"e4\"", "Approved record-1", "id=\"e5\"", "SessionEnd", "</ol>"});
  EXPECT_THAT(dom, AllOf(Not(HasSubstr("CONSOLE")), Not(HasSubstr("Refused to")),
                         Not(HasSubstr("violates"))));
  const auto picture = directory_ / "page.png";
  browse(chromium, "--screenshot=" + picture.string());
  EXPECT_GT(std::filesystem::file_size(picture), 10'000u);
}

TEST_F(TraceTest, AWrongUseIsNamed) {
  start();
  EXPECT_THAT(trace({}, 2), HasSubstr("id is required"));
  EXPECT_THAT(trace({""}, 2), HasSubstr("give an id"));
  EXPECT_THAT(trace({"x", "--as", "page"}, 2), HasSubstr("--as"));
  EXPECT_THAT(trace({"x", "--since", "yesterday"}, 2), HasSubstr("\"yesterday\" is no time"));
  EXPECT_THAT(trace({"x", "--since", "1h", "--until", "2h"}, 2), HasSubstr("--until"));
  EXPECT_THAT(trace({"x", "--count", "0"}, 2), HasSubstr("--count"));
  EXPECT_THAT(trace({"x", "--force"}, 2), HasSubstr("--html"));
  EXPECT_THAT(trace({"x", "--json", "--html", "f"}, 2), HasSubstr("--json"));
  EXPECT_THAT(trace({"x", "--topic", "nobodys"}, 1), HasSubstr("none of the topics nobodys"));
}

}  // namespace
}  // namespace penstock::test
