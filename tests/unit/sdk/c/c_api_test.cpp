// Goal: the C ABI does what the C++ API does, and survives what C callers get wrong.
// Method: its functions only, against a port where nothing listens.
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "c_client.hpp"
#include "penstock/penstock.h"
#include "penstock/status.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"

namespace {

using ::testing::HasSubstr;

using CApiTest = penstock::test::CClientTest;

TEST_F(CApiTest, EveryKindOfEventIsRecorded) {
  open();
  for (int kind = PENSTOCK_ACTIVITY; kind <= PENSTOCK_RECORD_CHANGED; ++kind) {
    penstock_event event = event_of(static_cast<penstock_event_kind>(kind));
    event.name = penstock_text_of("name");
    event.page_id = penstock_text_of("page");
    event.record_id = penstock_text_of("record");
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK)
        << kind << ": " << penstock_last_error();
  }
  EXPECT_EQ(stats().recorded, 14u);
  EXPECT_EQ(stats().pending, 14u);
  EXPECT_EQ(std::strlen(stats().install_id), 36u);
}

TEST_F(CApiTest, ASessionIsStartedAndEnded) {
  open();
  EXPECT_EQ(penstock_client_end_session(client_), PENSTOCK_MISUSE);
  EXPECT_THAT(penstock_last_error(), HasSubstr("no session is open"));
  EXPECT_STREQ(penstock_status_name(PENSTOCK_MISUSE), "misuse");
  EXPECT_EQ(penstock_client_start_session(client_, "visit-1", 7), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_start_session(client_, nullptr, 0), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_end_session(client_), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_start_session(client_, nullptr, 0), PENSTOCK_OK);
  EXPECT_EQ(stats().recorded, 3u);
  EXPECT_EQ(stats().misused, 2u);
  EXPECT_EQ(penstock_client_start_session(nullptr, nullptr, 0), PENSTOCK_INVALID_ARGUMENT);
}

TEST_F(CApiTest, APageIsEnteredAndLeft) {
  open();
  EXPECT_EQ(penstock_client_enter_page(client_, "home", 4), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_pause(client_), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_resume(client_), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_leave_page(client_), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_leave_page(client_), PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_client_pause(nullptr), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(stats().recorded, 3u);
}

TEST_F(CApiTest, AFlowIsStartedJoinedAndCompleted) {
  open();
  penstock_flow* flow = nullptr;
  ASSERT_EQ(penstock_client_start_flow(client_, "approve", 7, "order-1", 7, &flow), PENSTOCK_OK);
  const penstock_text id = penstock_flow_correlation_id(flow);
  EXPECT_EQ(std::string(id.data, id.size), "order-1");
  std::thread([&] {
    penstock_flow* joined = nullptr;
    EXPECT_EQ(penstock_client_join_flow(client_, flow, &joined), PENSTOCK_OK);
    EXPECT_EQ(penstock_client_complete_flow(client_, joined, PENSTOCK_OUTCOME_SUCCESS),
              PENSTOCK_MISUSE);
    penstock_flow_free(joined);
  }).join();
  EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_NONE),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_SUCCESS), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_SUCCESS),
            PENSTOCK_MISUSE);
  EXPECT_EQ(penstock_flow_correlation_id(flow).size, 0u);
  penstock_flow_free(flow);
  penstock_flow_free(nullptr);
  EXPECT_EQ(stats().recorded, 1u);
  EXPECT_EQ(stats().misused, 2u);
}

// As a program has them that was compiled with an earlier, or a later version.
TEST_F(CApiTest, StructsOfAnEarlierVersionWorkAndLaterOnesAreRefused) {
  constexpr std::size_t kFirst = 384, kFirstEvent = 184, kFirstStats = 496;  // of version 0.3.0
  alignas(8) char room[sizeof(penstock_options) + 64];
  std::memset(room, 0x55, sizeof room);
  auto* const earlier = reinterpret_cast<penstock_options*>(room);
  penstock_options_init_sized(earlier, kFirst);
  EXPECT_EQ(earlier->struct_size, kFirst);
  EXPECT_EQ(room[kFirst], 0x55) << "nothing is written behind it";
  earlier->directory = options_.directory;
  earlier->endpoint = options_.endpoint;
  earlier->write_key = options_.write_key;
  ASSERT_EQ(penstock_client_open(earlier, &client_), PENSTOCK_OK) << penstock_last_error();
  penstock_event event{};
  penstock_event_init_sized(&event, kFirstEvent, PENSTOCK_PAGE_VIEW);
  event.page_id = penstock_text_of("home");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK) << penstock_last_error();
  penstock_stats stats{};
  stats.struct_size = kFirstStats;
  EXPECT_EQ(penstock_client_stats(client_, &stats), PENSTOCK_OK);
  EXPECT_EQ(stats.recorded, 1u);
  EXPECT_EQ(stats.struct_size, kFirstStats);

  stats.struct_size = kFirstStats - 8;
  EXPECT_EQ(penstock_client_stats(client_, &stats), PENSTOCK_INVALID_ARGUMENT);
  auto* const later = reinterpret_cast<penstock_options*>(room);
  penstock_options_init_sized(later, sizeof room);
  EXPECT_EQ(room[sizeof room - 1], 0);
  penstock_client* none = nullptr;
  EXPECT_EQ(penstock_client_open(later, &none), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("later version"));
}

TEST_F(CApiTest, TheLogCallbackHearsThatNobodyListens) {
  struct Heard {
    std::atomic<bool> retrying{false};
  } heard;
  options_.log = [](void* context, penstock_log_level level, penstock_text code, penstock_text) {
    if (level == PENSTOCK_LOG_WARNING && std::string(code.data, code.size) == "retrying")
      static_cast<Heard*>(context)->retrying = true;
  };
  options_.log_context = &heard;
  options_.batch_age_max_ms = 1;
  open();
  penstock_event event = event_of(PENSTOCK_PAGE_VIEW);
  event.page_id = penstock_text_of("home");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  EXPECT_TRUE(penstock::test::eventually([&] { return heard.retrying.load(); }));
  penstock_client_free(client_);
  client_ = nullptr;
}

TEST_F(CApiTest, ADetachedFlowIsOfTheEventsThatNameItAndAnyThreadCompletesIt) {
  open();
  penstock_flow* flow = nullptr;
  ASSERT_EQ(penstock_client_start_detached_flow(client_, "approve", 7, "order-1", 7, &flow),
            PENSTOCK_OK);
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  event.flow = flow;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  event.correlation_id = penstock_text_of("order-2");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  std::thread([&] {
    EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_SUCCESS), PENSTOCK_OK);
    EXPECT_EQ(penstock_client_complete_flow(client_, flow, PENSTOCK_OUTCOME_SUCCESS),
              PENSTOCK_MISUSE);
    penstock_flow_free(flow);
  }).join();
  event.correlation_id = penstock_text{nullptr, 0};
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_MISUSE) << "the flow was freed";

  penstock_stats stats{};
  stats.struct_size = sizeof stats;
  EXPECT_EQ(penstock_client_stats(client_, &stats), PENSTOCK_OK);
  EXPECT_EQ(stats.recorded, 4u);
  EXPECT_EQ(stats.misused, 1u);
}

TEST_F(CApiTest, TheLedgerIsJsonThatTellsItsSize) {
  open();
  penstock_event event = event_of(PENSTOCK_CLICK);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  event.name = penstock_text_of("save");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  event = event_of(PENSTOCK_SESSION_START);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  std::size_t size = 0;
  ASSERT_EQ(penstock_client_ledger(client_, nullptr, 0, &size), PENSTOCK_OK);
  std::string json(size, '?');
  ASSERT_EQ(penstock_client_ledger(client_, json.data(), size - 1, &size), PENSTOCK_OK);
  EXPECT_EQ(json, std::string(size, '?'));
  ASSERT_EQ(penstock_client_ledger(client_, json.data(), size, &size), PENSTOCK_OK);
  EXPECT_EQ(json,
            R"([{"type":"SessionStart","recorded":1,"acknowledged":0,"rejected":0,"pending":1,)"
            R"("dropped":{},"refused":{}},)"
            R"({"type":"Click","recorded":1,"acknowledged":0,"rejected":0,"pending":1,)"
            R"("dropped":{},"refused":{"invalid":1}}])");
  EXPECT_EQ(penstock_client_ledger(client_, nullptr, 1, &size), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_ledger(client_, nullptr, 0, nullptr), PENSTOCK_INVALID_ARGUMENT);
}

TEST_F(CApiTest, WhatIsNoFlowIsRefused) {
  open();
  penstock_flow* flow = nullptr;
  EXPECT_EQ(penstock_client_start_flow(client_, "x", 1, nullptr, 0, nullptr),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_start_flow(client_, nullptr, 0, nullptr, 0, &flow),
            PENSTOCK_INVALID_EVENT);
  EXPECT_EQ(flow, nullptr);
  EXPECT_EQ(penstock_client_start_flow(nullptr, "x", 1, nullptr, 0, &flow),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_join_flow(client_, nullptr, &flow), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_complete_flow(client_, nullptr, PENSTOCK_OUTCOME_SUCCESS),
            PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_flow_correlation_id(nullptr).size, 0u);
}

TEST_F(CApiTest, AnAutomaticSessionBeginsWithTheFirstEvent) {
  options_.session_mode = PENSTOCK_SESSION_AUTOMATIC;
  open();
  penstock_event event = event_of(PENSTOCK_PAGE_VIEW);
  event.page_id = penstock_text_of("home");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  EXPECT_EQ(stats().recorded, 2u);
}

TEST_F(CApiTest, ASessionModeThatIsNoneIsRefused) {
  const int none = 7;  // as another language may pass it
  std::memcpy(&options_.session_mode, &none, sizeof none);
  EXPECT_EQ(penstock_client_open(&options_, &client_), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("session_mode"));
}

TEST_F(CApiTest, DetailsMetadataAndJsonAreRecorded) {
  open();
  const penstock_detail details[] = {
      penstock_detail_text("t", "x"), penstock_detail_integer("i", -1),
      penstock_detail_real("r", 0.5), penstock_detail_boolean("b", 1),
      penstock_detail_text("n", nullptr)};
  penstock_event event = event_of(PENSTOCK_CLICK);
  event.name = penstock_text_of("button");
  event.details = details;
  event.details_count = 5;
  event.metadata = details;
  event.metadata_count = 5;
  event.duration_ms = 1500;
  event.outcome = PENSTOCK_OUTCOME_SUCCESS;
  event.time_ms = 1733661296789;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK) << penstock_last_error();
  const std::string json = R"({"activityType":"Click"})";
  EXPECT_EQ(penstock_client_track_json(client_, json.data(), json.size()), PENSTOCK_OK)
      << penstock_last_error();
  EXPECT_EQ(stats().recorded, 2u);
}

// The rules of event.hpp hold here too.
TEST_F(CApiTest, WhatAnEventIsAboutMustBeThere) {
  open();
  const std::pair<penstock_event_kind, const char*> cases[] = {
      {PENSTOCK_ACTIVITY, "activityType is empty"},
      {PENSTOCK_PAGE_START, "pageId is empty"},
      {PENSTOCK_PAGE_END, "pageId is empty"},
      {PENSTOCK_PAGE_VIEW, "pageId is empty"},
      {PENSTOCK_CLICK, "element is empty"},
      {PENSTOCK_FORM_SUBMISSION, "form is empty"},
      {PENSTOCK_PROCESS_COMPLETION, "process is empty"},
      {PENSTOCK_ERROR, "error is empty"},
      {PENSTOCK_RECORD_APPROVED, "recordId is empty"},
      {PENSTOCK_RECORD_DENIED, "recordId is empty"},
      {PENSTOCK_RECORD_RETURNED, "recordId is empty"},
      {PENSTOCK_RECORD_CHANGED, "action is empty"}};
  for (const auto& [kind, expected] : cases) {
    penstock_event event = event_of(kind);
    if (kind == PENSTOCK_RECORD_CHANGED) event.record_id = penstock_text_of("r");
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT) << kind;
    EXPECT_THAT(penstock_last_error(), ::testing::StartsWith(expected));
  }
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  const penstock_detail number = penstock_detail_real("n", std::nan(""));
  event.details = &number;
  event.details_count = 1;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("detail 1 is not a finite number"));
  EXPECT_EQ(stats().dropped_invalid, 13u);
}

TEST_F(CApiTest, ATraceIsRecordedAndOneThatIsNoneIsRefused) {
  open();
  penstock_event event = event_of(PENSTOCK_CLICK);
  event.name = penstock_text_of("button");
  event.traceparent = penstock_text_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK) << penstock_last_error();
  event.traceparent = penstock_text_of("no trace");
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("traceparent"));
  EXPECT_EQ(stats().recorded, 1u);
}

TEST_F(CApiTest, ConsentIsObeyedAndForgettingGivesANewInstall) {
  options_.without_consent = PENSTOCK_WITHOUT_CONSENT_DROP;
  open();
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  EXPECT_EQ(penstock_client_consent(client_), PENSTOCK_CONSENT_UNKNOWN);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_NOT_ALLOWED);
  ASSERT_EQ(penstock_client_set_consent(client_, PENSTOCK_CONSENT_GRANTED), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  const std::string before = stats().install_id;
  ASSERT_EQ(penstock_client_forget(client_), PENSTOCK_OK) << penstock_last_error();
  EXPECT_NE(stats().install_id, before);
  EXPECT_EQ(stats().dropped_forgotten, 1u);
  EXPECT_EQ(stats().dropped_not_allowed, 1u);
  ASSERT_EQ(penstock_client_set_consent(client_, PENSTOCK_CONSENT_DENIED), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_consent(client_), PENSTOCK_CONSENT_DENIED);
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): what a caller from C may do
  EXPECT_EQ(penstock_client_set_consent(client_, static_cast<penstock_consent>(7)),
            PENSTOCK_INVALID_ARGUMENT);
}

TEST_F(CApiTest, WhatCallersGetWrongIsAnErrorAndNoCrash) {
  EXPECT_EQ(penstock_client_open(nullptr, &client_), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_open(&options_, nullptr), PENSTOCK_INVALID_ARGUMENT);
  penstock_options zeroed{};
  EXPECT_EQ(penstock_client_open(&zeroed, &client_), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("penstock_options_init"));
  options_.endpoint = penstock_text{nullptr, 5};
  EXPECT_EQ(penstock_client_open(&options_, &client_), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(client_, nullptr);

  EXPECT_EQ(penstock_client_track(nullptr, nullptr), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_track_json(nullptr, "{}", 2), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_flush(nullptr, 0), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_close(nullptr, 0), PENSTOCK_INVALID_ARGUMENT);
  EXPECT_EQ(penstock_client_stats(nullptr, nullptr), PENSTOCK_INVALID_ARGUMENT);
  penstock_client_free(nullptr);
  penstock_options_init(nullptr);
  penstock_event_init(nullptr, PENSTOCK_CLICK);
  EXPECT_EQ(penstock_text_of(nullptr).size, 0u);
}

TEST_F(CApiTest, AProxyIsAskedForWithTheContext) {
  struct Asked {
    std::atomic<bool> fail{true};
    std::atomic<bool> right_url{false};
    const std::string expected = "https://gateway.invalid:4711/";
  };
  static Asked asked;  // the sender thread may outlast the client by a moment
  asked.fail = true;
  asked.right_url = false;
  options_.endpoint = penstock_text_of("https://gateway.invalid:4711");
  options_.proxy_for_url_context = &asked;
  options_.proxy_for_url = [](void* context, penstock_text url, char* proxy, size_t size) {
    auto& what = *static_cast<Asked*>(context);
    what.right_url = std::string(url.data, url.size) == what.expected;
    EXPECT_EQ(size, 512u);
    std::strcpy(proxy, "http://127.0.0.1:1");
    return what.fail ? -1 : 0;
  };
  options_.retry_delay_min_ms = options_.retry_delay_max_ms = 1;
  open();
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_flush(client_, 1), PENSTOCK_TIMEOUT);
  const auto message_has = [this](const char* text) {
    return penstock::test::eventually(
        [&] { return std::strstr(stats().sender_message, text) != nullptr; });
  };
  EXPECT_TRUE(message_has("proxy_for_url")) << stats().sender_message;
  EXPECT_TRUE(asked.right_url);
  asked.fail = false;
  EXPECT_TRUE(message_has("127.0.0.1:1")) << stats().sender_message;
  EXPECT_EQ(penstock_client_close(client_, 5000), PENSTOCK_TIMEOUT);
}

TEST_F(CApiTest, OptionsOfTheNetworkReachTheClient) {
  const auto refusal = [this](auto spoil) {
    penstock_options options = options_;
    spoil(options);
    EXPECT_EQ(penstock_client_open(&options, &client_), PENSTOCK_INVALID_OPTION);
    return std::string(penstock_last_error());
  };
  const penstock_text pin = penstock_text_of("x");
  EXPECT_THAT(refusal([](auto& o) { o.proxy = penstock_text_of("ftp://x"); }), HasSubstr("proxy"));
  EXPECT_THAT(refusal([](auto& o) { o.ca_pem = penstock_text_of("x"); }), HasSubstr("ca_pem"));
  EXPECT_THAT(refusal([&pin](auto& o) {
                o.pinned_public_keys = &pin;
                o.pinned_public_keys_count = 1;
              }),
              HasSubstr("pinned_public_keys"));
  EXPECT_THAT(refusal([](auto& o) { o.client_certificate_file = penstock_text_of("x"); }),
              HasSubstr("client_key_file"));
  EXPECT_THAT(refusal([](auto& o) { o.client_key_file = penstock_text_of("x"); }),
              HasSubstr("client_certificate_file"));
}

TEST_F(CApiTest, BadEventsAreRefusedWithTheReason) {
  open();
  EXPECT_EQ(penstock_client_track(client_, nullptr), PENSTOCK_INVALID_ARGUMENT);
  penstock_event zeroed{};
  EXPECT_EQ(penstock_client_track(client_, &zeroed), PENSTOCK_INVALID_ARGUMENT);
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): what a caller from C may do
  penstock_event event = event_of(static_cast<penstock_event_kind>(99));
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_ARGUMENT);
  event = event_of(PENSTOCK_CLICK);
  event.details_count = 1;
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_ARGUMENT);
  event = event_of(PENSTOCK_RECORD_APPROVED);
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
  EXPECT_THAT(penstock_last_error(), HasSubstr("recordId is empty"));
  EXPECT_EQ(penstock_client_track_json(client_, nullptr, 0), PENSTOCK_INVALID_EVENT);
  EXPECT_EQ(stats().recorded, 0u);
}

TEST_F(CApiTest, TimesThatNoClockCountsAreRefused) {
  open();
  penstock_event event = event_of(PENSTOCK_SESSION_START);
  for (const std::int64_t microseconds : {INT64_MAX, std::int64_t{9'223'372'036'855}}) {
    event.time_ms = microseconds;
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_ARGUMENT);
    EXPECT_THAT(penstock_last_error(), HasSubstr("milliseconds since 1970"));
  }
  for (const std::int64_t before_1970 : {INT64_MIN, std::int64_t{-1}}) {
    event.time_ms = before_1970;
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
    EXPECT_THAT(penstock_last_error(), HasSubstr("before 1970"));
  }
  event.time_ms = 9'223'372'036'854;  // 2262-04-11
  EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_OK) << penstock_last_error();
  for (const std::int64_t duration : {INT64_MAX, INT64_MIN + 1}) {
    event.time_ms = 0;
    event.duration_ms = duration;
    EXPECT_EQ(penstock_client_track(client_, &event),
              duration > 0 ? PENSTOCK_OK : PENSTOCK_INVALID_EVENT);
  }
}

// Address sanitizer looks on: the arrays and texts are as short as a caller's mistake leaves them.
TEST_F(CApiTest, CountsThatAreNoneAreNotBelieved) {
  open();
  const auto one = std::make_unique<penstock_detail>(penstock_detail_integer("a", 1));
  for (const std::size_t count :
       {SIZE_MAX, SIZE_MAX / sizeof *one, std::size_t{1} << 40, std::size_t{17}}) {
    penstock_event event = event_of(PENSTOCK_SESSION_START);
    event.details = one.get();
    event.details_count = count;
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
    EXPECT_THAT(penstock_last_error(), HasSubstr("more than 16 details"));
    event = event_of(PENSTOCK_SESSION_START);
    event.metadata = one.get();
    event.metadata_count = count;
    EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_EVENT);
    EXPECT_THAT(penstock_last_error(), HasSubstr("more than 8 metadata"));
  }
  EXPECT_EQ(stats().dropped_invalid, 8u);
}

TEST_F(CApiTest, SizesThatAreNoneAreNotBelieved) {
  open();
  const auto byte = std::make_unique<char>('x');
  for (const std::size_t size :
       {SIZE_MAX, static_cast<std::size_t>(PTRDIFF_MAX), static_cast<std::size_t>(UINT32_MAX)}) {
    const penstock_text text{byte.get(), size};
    EXPECT_EQ(penstock_client_track_json(client_, text.data, size), PENSTOCK_INVALID_ARGUMENT);
    EXPECT_EQ(penstock_client_set_user(client_, text.data, size), PENSTOCK_INVALID_ARGUMENT);
    EXPECT_EQ(penstock_client_set_session(client_, text.data, size), PENSTOCK_INVALID_ARGUMENT);
    for (const auto member : {&penstock_event::name, &penstock_event::page_id,
                              &penstock_event::user_id, &penstock_event::session_id,
                              &penstock_event::correlation_id, &penstock_event::traceparent}) {
      penstock_event event = event_of(PENSTOCK_CLICK);
      event.*member = text;
      EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_ARGUMENT);
      EXPECT_THAT(penstock_last_error(), HasSubstr("number of its bytes"));
    }
    penstock_detail detail = penstock_detail_text("a", "b");
    for (const auto member : {&penstock_detail::name, &penstock_detail::text}) {
      detail = penstock_detail_text("a", "b");
      detail.*member = text;
      penstock_event event = event_of(PENSTOCK_CLICK);
      event.details = &detail;
      event.details_count = 1;
      EXPECT_EQ(penstock_client_track(client_, &event), PENSTOCK_INVALID_ARGUMENT);
    }
  }
}

TEST_F(CApiTest, OptionsWithCountsAndSizesThatAreNoneAreRefused) {
  const auto field = std::make_unique<penstock_field>();
  const auto text = std::make_unique<penstock_text>();
  for (const std::size_t count : {SIZE_MAX, SIZE_MAX / sizeof *field, std::size_t{5000}}) {
    for (int option = 0; option < 4; ++option) {
      penstock_options options = options_;
      options.context = field.get();
      options.remove_fields = options.allow_fields = options.pinned_public_keys = text.get();
      std::size_t* const counts[] = {&options.context_count, &options.remove_fields_count,
                                     &options.allow_fields_count,
                                     &options.pinned_public_keys_count};
      *counts[option] = count;
      EXPECT_EQ(penstock_client_open(&options, &client_), PENSTOCK_INVALID_ARGUMENT);
      EXPECT_THAT(penstock_last_error(), HasSubstr("number of the array's elements"));
      EXPECT_EQ(client_, nullptr);
    }
  }
  for (const auto member :
       {&penstock_options::directory, &penstock_options::endpoint, &penstock_options::write_key,
        &penstock_options::ca_pem, &penstock_options::proxy}) {
    penstock_options options = options_;
    (options.*member).size = SIZE_MAX;
    if ((options.*member).data == nullptr) (options.*member).data = "x";
    EXPECT_EQ(penstock_client_open(&options, &client_), PENSTOCK_INVALID_ARGUMENT);
  }
}

TEST_F(CApiTest, TimeoutsThatNoClockCountsAreLongOrNone) {
  open();
  EXPECT_EQ(penstock_client_flush(client_, INT64_MAX), PENSTOCK_OK);
  EXPECT_EQ(penstock_client_flush(client_, INT64_MIN), PENSTOCK_OK);  // nothing is pending
  EXPECT_EQ(penstock_client_close(client_, INT64_MAX), PENSTOCK_OK);
}

TEST_F(CApiTest, TheLastErrorIsTheThreadsOwnAndClearedBySuccess) {
  open();
  EXPECT_EQ(penstock_client_track(client_, nullptr), PENSTOCK_INVALID_ARGUMENT);
  std::string elsewhere = "not read";
  std::thread([&] { elsewhere = penstock_last_error(); }).join();
  EXPECT_EQ(elsewhere, "");
  EXPECT_STRNE(penstock_last_error(), "");
  EXPECT_EQ(penstock_client_set_user(client_, "u", 1), PENSTOCK_OK);
  EXPECT_STREQ(penstock_last_error(), "");
}

TEST_F(CApiTest, AnUnusableFolderIsNamed) {
  std::ofstream(journal_) << "in the way";
  EXPECT_EQ(penstock_client_open(&options_, &client_), PENSTOCK_IO);
  EXPECT_THAT(penstock_last_error(), HasSubstr(journal_));
}

TEST_F(CApiTest, TheNumbersAreThoseOfTheCppApi) {
  EXPECT_EQ(static_cast<int>(penstock::StatusCode::kInternal), PENSTOCK_INTERNAL);
  EXPECT_EQ(static_cast<int>(penstock::StatusCode::kRefused), PENSTOCK_REFUSED);
  for (int status = PENSTOCK_OK; status <= PENSTOCK_INVALID_ARGUMENT; ++status) {
    EXPECT_STRNE(penstock_status_name(static_cast<penstock_status>(status)), "unknown") << status;
  }
  EXPECT_STREQ(penstock_status_name(static_cast<penstock_status>(99)), "unknown");
}

}  // namespace
