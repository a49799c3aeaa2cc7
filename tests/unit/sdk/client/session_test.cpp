// Goal: an application's sessions arrive whole: each event in its session, each session with one
// start and one end, whatever becomes of the process. Method: the public API against a real
// server in this process; children that are killed. (Clocks of the test's own: unit/sdk/session.)
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/sanitized.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using nlohmann::json;
using test::eventually;
using test::kPatience;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.dangerously_allow_plain_http = true;
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    gateway_.answer_with([](const test::ReceivedRequest& request) {
      return is_batch(request) ? test::accept_all(request) : test::reply(200, R"({"accepted":1})");
    });
  }

  Client open(SessionMode mode) {
    options_.session_mode = mode;
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  static bool is_batch(const test::ReceivedRequest& request) {
    return request.start_line.find("/v1/events") != std::string::npos;
  }
  // Never closed.
  Client& open_and_leave(SessionMode mode) { return *new Client(open(mode)); }
  // In a process of its own, which is killed behind it.
  void in_killed_process(const std::function<bool()>& work) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const bool done = work();
      kill(getpid(), done ? SIGKILL : SIGTERM);
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }
  // Each once: what is sent twice is one event.
  std::vector<json> received() {
    std::vector<json> events;
    std::set<std::string> seen;
    for (const auto& request : gateway_.requests()) {
      if (!is_batch(request)) continue;
      const json batch = request.batch();
      for (const auto& event : batch["events"]) {
        const std::string name = batch["installId"].dump() + event["seq"].dump();
        if (seen.insert(name).second) events.push_back(event);
      }
    }
    return events;
  }
  std::vector<std::string> received_kinds() {
    std::vector<std::string> kinds;
    for (const auto& event : received()) {
      std::string kind = event["activityType"];
      if (kind == "SessionEnd") kind += " " + std::string(event["details"]["endReason"]);
      kinds.push_back(kind);
    }
    return kinds;
  }

  test::TempDirectory directory_;
  // Without TLS: a fork must not meet a thread of this process that holds a lock of OpenSSL.
  test::TestGateway gateway_{nullptr};
  Options options_;
};

TEST_F(SessionTest, EachEventIsInTheSessionThatBeganWithTheFirstAndEndsWithClose) {
  {
    Client client = open(SessionMode::kAutomatic);
    ASSERT_TRUE(client.set_user("user-1"));
    ASSERT_TRUE(client.track(Event::page_view("home")));
    ASSERT_TRUE(client.track_json(R"({"activityType":"Custom"})"));
    ASSERT_TRUE(client.close(kPatience));
    EXPECT_EQ(client.stats().recorded, 4u);
    EXPECT_EQ(client.stats().acknowledged, 4u);
  }
  EXPECT_THAT(received_kinds(),
              ElementsAre("SessionStart", "PageView", "Custom", "SessionEnd closed"));
  const auto events = received();
  const std::string id = events[0]["sessionId"];
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '7') << "a UUID of version 7";
  for (const auto& event : events) {
    EXPECT_EQ(event["sessionId"], id);
    EXPECT_EQ(event["userId"], "user-1");
  }
  EXPECT_EQ(events[3]["details"]["events"], 2);
}

TEST_F(SessionTest, WithoutEventsThereIsNoAutomaticSession) {
  {
    ASSERT_TRUE(open(SessionMode::kAutomatic).close(kPatience));
  }
  EXPECT_THAT(received(), ::testing::IsEmpty());
}

TEST_F(SessionTest, AProgramStartsAndEndsSessionsOfItsOwn) {
  Client client = open(SessionMode::kManual);
  ASSERT_TRUE(client.track(Event::page_view("before")));
  ASSERT_TRUE(client.start_session("visit-1"));
  ASSERT_TRUE(client.track(Event::page_view("within")));
  ASSERT_TRUE(client.end_session());
  ASSERT_TRUE(client.track(Event::page_view("behind")));
  ASSERT_TRUE(client.close(kPatience));
  const auto events = received();
  ASSERT_EQ(events.size(), 5u);
  EXPECT_FALSE(events[0].contains("sessionId"));
  for (const std::size_t i : {1u, 2u, 3u}) EXPECT_EQ(events[i]["sessionId"], "visit-1");
  EXPECT_FALSE(events[4].contains("sessionId"));
}

TEST_F(SessionTest, AnAutomaticSessionCanBeEndedAndTheNextEventBeginsAnother) {
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.start_session("given"));
  ASSERT_TRUE(client.track(Event::page_view("one")));
  ASSERT_TRUE(client.end_session());
  ASSERT_TRUE(client.track(Event::page_view("two")));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd closed",
                                            "SessionStart", "PageView", "SessionEnd closed"));
  EXPECT_EQ(received()[1]["sessionId"], "given");
  EXPECT_NE(received()[4]["sessionId"], "given");
}

TEST_F(SessionTest, WrongUseIsRefusedWithTheReasonAndCounted) {
  {
    Client client = open(SessionMode::kManual);
    EXPECT_THAT(client.end_session().message(), HasSubstr("no session is open"));
    ASSERT_TRUE(client.start_session());
    const Status twice = client.start_session();
    EXPECT_EQ(twice.code(), StatusCode::kMisuse);
    EXPECT_THAT(twice.message(), HasSubstr("end it before"));
    EXPECT_EQ(client.set_session("other").code(), StatusCode::kMisuse);
    EXPECT_EQ(client.stats().misused, 3u);
    ASSERT_TRUE(client.close(kPatience));
    EXPECT_EQ(client.end_session().code(), StatusCode::kMisuse) << "close() has ended it";
    EXPECT_EQ(client.start_session().code(), StatusCode::kClosed);
  }
  Client client = open(SessionMode::kOff);
  EXPECT_EQ(client.start_session().code(), StatusCode::kMisuse);
  EXPECT_TRUE(client.set_session("own"));
  EXPECT_EQ(client.start_session(std::string(300, 'x')).code(), StatusCode::kMisuse);
}

TEST_F(SessionTest, AnIdThatIsNoneIsRefused) {
  Client client = open(SessionMode::kManual);
  EXPECT_EQ(client.start_session(std::string(257, 'x')).code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.start_session("a\nb").code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.end_session().code(), StatusCode::kMisuse);
}

TEST_F(SessionTest, PersonalDataInAnIdIsMaskedInEachEvent) {
  Client client = open(SessionMode::kManual);
  ASSERT_TRUE(client.set_user("anna@example.com"));
  ASSERT_TRUE(client.start_session("of anna@example.com"));
  ASSERT_TRUE(client.close(kPatience));
  for (const auto& event : received()) {
    EXPECT_EQ(event["userId"], "[email]");
    EXPECT_EQ(event["sessionId"], "of [email]");
  }
}

TEST_F(SessionTest, WhatARuleRemovesByNameIsRemovedFromTheEventsOfASessionToo) {
  options_.remove_fields = {"userId", "sessionId"};
  Client client = open(SessionMode::kManual);
  ASSERT_TRUE(client.set_user("user-1"));
  ASSERT_TRUE(client.start_session("visit-1"));
  ASSERT_TRUE(client.track(Event::page_view("home")));
  ASSERT_TRUE(client.close(kPatience));
  ASSERT_EQ(received().size(), 3u);
  for (const auto& event : received()) {
    EXPECT_EQ(event["userId"], "[removed]");
    EXPECT_EQ(event["sessionId"], "[removed]");
  }
}

TEST_F(SessionTest, AnIdleSessionIsEndedAndSentWithoutACall) {
  options_.session_idle_max = 50ms;
  options_.batch_age_max = 1ms;
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.track(Event::page_view("home")));
  EXPECT_TRUE(eventually([&] { return client.stats().acknowledged == 3; }));
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd idle"));
}

TEST_F(SessionTest, TheSessionOfAKilledProcessIsEndedByTheNextOneOnce) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  in_killed_process([this] {
    Client& client = open_and_leave(SessionMode::kAutomatic);
    return client.track(Event::page_view("home")).ok() && client.set_user("user-2").ok();
  });
  for (int run = 0; run < 2; ++run) {
    Client client = open(SessionMode::kManual);
    ASSERT_TRUE(client.close(kPatience));
  }
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd killed"));
  EXPECT_EQ(received()[2]["sessionId"], received()[0]["sessionId"]);
  EXPECT_EQ(received()[2]["userId"], "user-2");
  EXPECT_EQ(received()[2]["details"]["events"], 1);
}

// All of its events have been sent before, so that nothing but the session is left.
TEST_F(SessionTest, TheSessionOfAKilledProcessIsEndedByOneThatRunsBesideIt) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  options_.adopt_interval = 10ms;
  Client resident = open(SessionMode::kManual);
  in_killed_process([this] {
    Client& client = open_and_leave(SessionMode::kAutomatic);
    return client.track(Event::page_view("home")).ok() && client.flush(kPatience).ok();
  });
  EXPECT_TRUE(eventually([&] { return received_kinds().size() == 3; }));
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd killed"));
  ASSERT_TRUE(resident.flush(kPatience));
  const Stats stats = resident.stats();
  EXPECT_EQ(stats.recorded + stats.adopted, stats.acknowledged + stats.pending);
}

TEST_F(SessionTest, AProgramThatExitsWithoutCloseHasEndedItsSession) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool recorded =
        open_and_leave(SessionMode::kAutomatic).track(Event::page_view("home")).ok();
    std::exit(recorded ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  ASSERT_TRUE(open(SessionMode::kManual).close(kPatience));
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd closed"));
}

TEST_F(SessionTest, ADenialEndsTheSessionWithoutAnEvent) {
  options_.batch_age_max = 1h;
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.track(Event::page_view("home")));
  ASSERT_TRUE(client.set_consent(Consent::kDenied));
  EXPECT_EQ(client.track(Event::page_view("home")).code(), StatusCode::kNotAllowed);
  ASSERT_TRUE(client.set_consent(Consent::kGranted));
  ASSERT_TRUE(client.track(Event::page_view("after")));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_THAT(received_kinds(), ElementsAre("SessionStart", "PageView", "SessionEnd closed"));
  EXPECT_EQ(received()[1]["pageId"], "after");
  EXPECT_EQ(received()[1]["sessionId"], received()[0]["sessionId"]);
}

TEST_F(SessionTest, AKilledSessionThatWasDeniedSinceHasNoEnd) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  in_killed_process([this] {
    options_.endpoint = "https://localhost:1";
    Client& client = open_and_leave(SessionMode::kAutomatic);
    return client.track(Event::page_view("home")).ok();
  });
  {
    Client client = open(SessionMode::kManual);
    ASSERT_TRUE(client.set_consent(Consent::kDenied));
  }
  Client client = open(SessionMode::kManual);
  ASSERT_TRUE(client.set_consent(Consent::kGranted));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_EQ(client.stats().recorded, 0u);
}

TEST_F(SessionTest, WhatIsForgottenHasNoEndAndTheNextEventBeginsAnew) {
  options_.batch_age_max = 1h;
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.track(Event::page_view("home")));
  static_cast<void>(client.forget());
  ASSERT_TRUE(client.track(Event::page_view("after")));
  ASSERT_TRUE(client.close(kPatience));
  std::vector<std::string> kinds;
  for (const auto& event : received()) kinds.push_back(event["activityType"]);
  EXPECT_THAT(kinds, ElementsAre("SessionStart", "PageView", "SessionEnd"));
}

TEST_F(SessionTest, AFolderThatIsDeletedUnderAnOpenSessionTakesNothingOfIt) {
  options_.batch_age_max = 1h;
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.track(Event::page_view("home")));
  std::error_code made_anew_meanwhile;
  std::filesystem::remove_all(options_.directory, made_anew_meanwhile);
  const std::filesystem::path directory = options_.directory;
  ASSERT_TRUE(eventually([&] {
    static_cast<void>(client.flush(kPatience));
    return std::filesystem::exists(directory / "slot-0000" / "session") ||
           std::filesystem::exists(directory / "slot-0001" / "session");
  })) << "it goes on in a new one";
  ASSERT_TRUE(client.track(Event::page_view("after")));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_THAT(received_kinds(),
              ElementsAre("SessionStart", "PageView", "PageView", "SessionEnd closed"));
}

TEST_F(SessionTest, EventsAreOnThePageThatIsOpen) {
  Client client = open(SessionMode::kAutomatic);
  ASSERT_TRUE(client.track(Event::click(std::string_view(), "menu")));
  ASSERT_TRUE(client.enter_page("approvals"));
  ASSERT_TRUE(client.track(Event::click(std::string_view(), "approve")));
  ASSERT_TRUE(client.track(Event::click("elsewhere", "link")));
  ASSERT_TRUE(client.track(Event::record_approved("REQ-1")));
  ASSERT_TRUE(client.track_json(R"({"activityType":"Custom"})"));
  ASSERT_TRUE(client.enter_page("anna@example.com"));
  ASSERT_TRUE(client.leave_page());
  ASSERT_TRUE(client.track(Event::click(std::string_view(), "menu")));
  ASSERT_TRUE(client.close(kPatience));
  std::vector<std::string> kinds;
  for (const auto& event : received()) {
    kinds.push_back(event.value("activityType", event.value("action", "")) + " " +
                    event.value("pageId", "-"));
  }
  EXPECT_THAT(kinds,
              ElementsAre("SessionStart -", "Click -", "PageStart approvals", "PageView approvals",
                          "Click approvals", "Click elsewhere", "Approved approvals",
                          "Custom approvals", "PageEnd approvals", "PageStart [email]",
                          "PageView [email]", "PageEnd [email]", "Click -", "SessionEnd -"));
}

TEST_F(SessionTest, CloseLeavesThePageThatIsOpen) {
  Client client = open(SessionMode::kOff);
  ASSERT_TRUE(client.enter_page("home"));
  ASSERT_TRUE(client.pause());
  ASSERT_TRUE(client.resume());
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_THAT(received_kinds(), ElementsAre("PageStart", "PageView", "PageEnd"));
  EXPECT_EQ(client.stats().recorded, 3u);
}

TEST_F(SessionTest, APageIsLeftOnceAndHasAName) {
  Client client = open(SessionMode::kOff);
  EXPECT_EQ(client.enter_page("").code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.enter_page(std::string(257, 'x')).code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client.leave_page().code(), StatusCode::kMisuse);
  ASSERT_TRUE(client.enter_page("home"));
  ASSERT_TRUE(client.leave_page());
  const Status twice = client.leave_page();
  EXPECT_EQ(twice.code(), StatusCode::kMisuse);
  EXPECT_THAT(twice.message(), HasSubstr("no page is open"));
  EXPECT_EQ(client.stats().misused, 2u);
}

TEST_F(SessionTest, ManyThreadsShareOneSession) {
  Client client = open(SessionMode::kAutomatic);
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      for (int event = 0; event < 20; ++event) EXPECT_TRUE(client.track(Event::page_view("home")));
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(client.close(kPatience));
  std::map<std::string, int> sessions;
  for (const auto& event : received()) ++sessions[event["sessionId"]];
  EXPECT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions.begin()->second, 32 * 20 + 2);
}

}  // namespace
}  // namespace penstock
