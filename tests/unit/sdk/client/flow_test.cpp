// Goal: events that belong together carry one correlationId, on each thread that takes part, and
// none that does not. Method: the public API; what is recorded is read as a real TLS server in this
// process receives it.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using nlohmann::json;
using test::kPatience;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class FlowTest : public ::testing::Test {
 protected:
  FlowTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.ca_file = certificate_.ca_file();
    gateway_.answer_with(
        [](const test::ReceivedRequest& request) { return test::accept_all(request); });
    client_.emplace(open());
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  Flow start(std::string_view correlation = {}) {
    auto flow = client_->start_flow("approve-request", correlation);
    EXPECT_TRUE(flow.ok()) << flow.status().message();
    return *std::move(flow);
  }
  void track(std::string_view page) { EXPECT_TRUE(client_->track(Event::page_view(page))); }
  std::vector<json> received() {
    EXPECT_TRUE(client_->flush(kPatience));
    std::vector<json> events;
    for (const auto& request : gateway_.requests()) {
      for (const auto& event : request.events()) events.push_back(event);
    }
    return events;
  }
  // As "page correlationId".
  std::vector<std::string> correlations() {
    std::vector<std::string> all;
    for (const auto& event : received())
      all.push_back(event.value("pageId", "-") + " " + event.value("correlationId", "-"));
    return all;
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
  std::optional<Client> client_;
};

TEST_F(FlowTest, EventsOfTheScopeCarryTheFlowsIdAndOthersDoNot) {
  track("before");
  {
    const Flow flow = start("order-1");
    EXPECT_EQ(flow.correlation_id(), "order-1");
    track("within");
    ASSERT_TRUE(client_->track_json(R"({"activityType":"PageView","pageId":"json"})"));
    ASSERT_TRUE(client_->track(Event::page_view("own").correlation("mine")));
  }
  track("behind");
  EXPECT_THAT(correlations(),
              ElementsAre("before -", "within order-1", "json order-1", "own mine", "behind -"));
}

TEST_F(FlowTest, BehindANestedFlowTheOuterOneGoesOn) {
  {
    const Flow outer = start("outer");
    track("1");
    {
      const Flow inner = start("inner");
      track("2");
    }
    track("3");
  }
  track("4");
  EXPECT_THAT(correlations(), ElementsAre("1 outer", "2 inner", "3 outer", "4 -"));
}

TEST_F(FlowTest, FlowsThatEndInAnotherOrderLeaveTheOnesThatGoOn) {
  std::optional<Flow> outer(start("outer"));
  std::optional<Flow> inner(start("inner"));
  outer.reset();
  track("1");
  inner.reset();
  track("2");
  EXPECT_THAT(correlations(), ElementsAre("1 inner", "2 -"));
}

TEST_F(FlowTest, WithoutAnIdTheClientMakesOne) {
  const Flow flow = start();
  const std::string id(flow.correlation_id());
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '7') << "a UUID of version 7";
  EXPECT_NE(start().correlation_id(), id);
}

TEST_F(FlowTest, OfATraceparentItIsTheTraceId) {
  const Flow flow = start("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(flow.correlation_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(FlowTest, AnotherThreadsEventsAreInTheFlowOnceItJoins) {
  const Flow flow = start("order-1");
  std::thread([&] {
    track("not joined");
    {
      const auto joined = client_->join_flow(flow);
      ASSERT_TRUE(joined.ok());
      track("joined");
    }
    track("left");
  }).join();
  track("here");
  EXPECT_THAT(correlations(),
              ElementsAre("not joined -", "joined order-1", "left -", "here order-1"));
}

TEST_F(FlowTest, ACompletionSaysWhatAndHowLongAndEndsTheFlow) {
  Flow flow = start("order-1");
  const Flow inner = start("inner");
  ASSERT_TRUE(client_->complete_flow(flow, Event::Outcome::kFailure));
  EXPECT_EQ(flow.correlation_id(), "");
  track("behind");
  const auto events = received();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["activityType"], "ProcessCompletion");
  EXPECT_EQ(events[0]["correlationId"], "order-1");
  EXPECT_EQ(events[0]["details"]["process"], "approve-request");
  EXPECT_EQ(events[0]["details"]["outcome"], "failure");
  EXPECT_GE(events[0]["details"]["duration"], 0.0);
  EXPECT_EQ(events[1]["correlationId"], "inner");
}

TEST_F(FlowTest, ADetachedFlowIsOfNoThreadUntilItIsNamedOrJoined) {
  auto flow = client_->start_detached_flow("approve-request", "order-1");
  ASSERT_TRUE(flow.ok());
  track("other");
  EXPECT_TRUE(client_->track(Event::page_view("named").correlation(flow->correlation_id())));
  {
    const auto joined = client_->join_flow(*flow);
    ASSERT_TRUE(joined.ok());
    track("joined");
  }
  std::thread([&] { EXPECT_TRUE(client_->complete_flow(*flow, Event::Outcome::kSuccess)); }).join();
  EXPECT_EQ(flow->correlation_id(), "");
  track("after");
  EXPECT_EQ(client_->stats().misused, 0u);
  EXPECT_THAT(correlations(),
              ElementsAre("other -", "named order-1", "joined order-1", "- order-1", "after -"));
}

TEST_F(FlowTest, OfTwoThreadsThatCompleteADetachedFlowOneDoes) {
  for (int round = 0; round < 50; ++round) {
    auto flow = client_->start_detached_flow("approve-request");
    ASSERT_TRUE(flow.ok());
    const auto complete = [&] { (void)client_->complete_flow(*flow, Event::Outcome::kSuccess); };
    std::thread other(complete);
    complete();
    other.join();
  }
  EXPECT_EQ(client_->stats().misused, 50u);
  EXPECT_EQ(client_->stats().recorded, 50u);
}

TEST_F(FlowTest, TheCorrelationIsTheTextThatEventsCarry) {
  const Flow flow = start(R"(a"b\c é)");
  EXPECT_EQ(flow.correlation_id(), R"(a"b\c é)");
  track("thread");
  EXPECT_TRUE(client_->track(Event::page_view("named").correlation(flow.correlation_id())));
  EXPECT_THAT(correlations(), ElementsAre(R"(thread a"b\c é)", R"(named a"b\c é)"));
}

TEST_F(FlowTest, WrongUseIsRefusedWithTheReasonAndCounted) {
  Flow flow = start("order-1");
  std::thread([&] {
    EXPECT_THAT(client_->complete_flow(flow, Event::Outcome::kSuccess).message(),
                HasSubstr("started on another thread"));
    auto joined = client_->join_flow(flow);
    ASSERT_TRUE(joined.ok());
    EXPECT_THAT(client_->complete_flow(*joined, Event::Outcome::kSuccess).message(),
                HasSubstr("was joined"));
  }).join();
  track("still");
  ASSERT_TRUE(client_->complete_flow(flow, Event::Outcome::kSuccess));
  EXPECT_EQ(client_->complete_flow(flow, Event::Outcome::kSuccess).code(), StatusCode::kMisuse);
  EXPECT_EQ(client_->join_flow(flow).status().code(), StatusCode::kMisuse);
  EXPECT_EQ(client_->stats().misused, 4u);
  EXPECT_EQ(correlations()[0], "still order-1");
}

TEST_F(FlowTest, AClosedClientStartsAndJoinsNone) {
  const Flow flow = start("order-1");
  EXPECT_TRUE(client_->close(kPatience));
  EXPECT_EQ(client_->start_flow("p").status().code(), StatusCode::kClosed);
  EXPECT_EQ(client_->start_detached_flow("p").status().code(), StatusCode::kClosed);
  EXPECT_EQ(client_->join_flow(flow).status().code(), StatusCode::kClosed);
}

TEST_F(FlowTest, AFlowThatAnotherThreadEndsIsOverHereAndCounted) {
  std::optional<Flow> flow(start("order-1"));
  track("1");
  std::thread([&] { flow.reset(); }).join();
  track("2");
  const Flow next = start("order-2");
  track("3");
  EXPECT_THAT(correlations(), ElementsAre("1 order-1", "2 -", "3 order-2"));
  EXPECT_EQ(client_->stats().misused, 1u);
}

TEST_F(FlowTest, AFlowThatOutlivesItsThreadHarmsNobody) {
  std::optional<Flow> flow;
  std::thread([&] { flow.emplace(start("order-1")); }).join();
  track("1");
  flow.reset();
  EXPECT_THAT(correlations(), ElementsAre("1 -"));
}

TEST_F(FlowTest, AFlowThatOutlivesItsClientHarmsNobody) {
  options_.directory = directory_ / "other";
  std::optional<Client> other(open());
  auto flow = other->start_flow("other", "of the other");
  ASSERT_TRUE(flow.ok());
  track("1");
  EXPECT_EQ(client_->complete_flow(*flow, Event::Outcome::kSuccess).code(), StatusCode::kMisuse);
  other.reset();
  track("2");
  EXPECT_THAT(correlations(), ElementsAre("1 -", "2 -"));
}

TEST_F(FlowTest, PersonalDataInTheIdIsMasked) {
  const Flow flow = start("of anna@example.com");
  EXPECT_EQ(flow.correlation_id(), "of [email]");
  track("1");
  EXPECT_THAT(correlations(), ElementsAre("1 of [email]"));
}

TEST_F(FlowTest, WhatIsNoIdOrNoProcessIsRefused) {
  EXPECT_EQ(client_->start_flow("").status().code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client_->start_flow(std::string(257, 'x')).status().code(), StatusCode::kInvalidEvent);
  EXPECT_EQ(client_->start_flow("x", std::string(257, 'x')).status().code(),
            StatusCode::kInvalidEvent);
  EXPECT_EQ(client_->start_flow("x", "a\nb").status().code(), StatusCode::kInvalidEvent);
  track("1");
  EXPECT_THAT(correlations(), ElementsAre("1 -"));
  ASSERT_TRUE(client_->close(kPatience));
  Client gone = std::move(*client_);
  EXPECT_EQ(client_->start_flow("x").status().code(), StatusCode::kClosed);
}

// What runs when a thread's objects are gone may still record.
TEST_F(FlowTest, AThreadMayRecordWhileItsObjectsAreDestroyed) {
  struct Last {
    Client* client = nullptr;
    ~Last() { EXPECT_TRUE(client->track(Event::page_view("last"))); }
  };
  std::optional<Flow> left;
  std::thread([&] {
    thread_local Last last;
    last.client = &*client_;
    left.emplace(start("order-1"));
  }).join();
  EXPECT_THAT(correlations(), ElementsAre("last -"));
}

TEST_F(FlowTest, ManyThreadsHaveFlowsOfTheirOwn) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([this, id = "flow-" + std::to_string(i)] {
      for (int round = 0; round < 10; ++round) {
        const Flow flow = start(id);
        track(id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto all = received();
  EXPECT_EQ(all.size(), 320u);
  for (const auto& event : all) EXPECT_EQ(event["pageId"], event["correlationId"]);
}

}  // namespace
}  // namespace penstock
