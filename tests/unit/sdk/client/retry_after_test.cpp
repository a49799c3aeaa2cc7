// Goal: a gateway that asked to be left alone is left alone, by the next run of the program too,
// and gets everything afterwards. Method: the public API, opened again and again, against a real
// TLS server in this process.
#include <gmock/gmock.h>
#include <time.h>

#include <atomic>
#include <chrono>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

class RetryAfterTest : public ::testing::Test {
 protected:
  RetryAfterTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = 0ms;
    options_.retry_delay_min = options_.retry_delay_max = 1ms;
  }
  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  // A run that has the gateway's answer to one event when it ends.
  void run_until_asked_to_wait() {
    Client client = open();
    ASSERT_TRUE(client.track(Event::page_view("home")).ok());
    ASSERT_TRUE(eventually([&] { return client.stats().sender == SenderState::kRetrying; }));
    EXPECT_EQ(client.close(0ms).code(), StatusCode::kTimeout);
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
};

TEST_F(RetryAfterTest, NoLaterRunAsksBeforeItHasPassed) {
  gateway_.answer_in_turn({test::reply(503, "", "Retry-After: 3600\r\n")});
  run_until_asked_to_wait();
  for (int run = 0; run < 3; ++run) {
    Client client = open();
    ASSERT_TRUE(client.track(Event::page_view("home")).ok());
    const Status flushed = client.flush(50ms);
    EXPECT_EQ(flushed.code(), StatusCode::kTimeout);
    EXPECT_THAT(flushed.message(), HasSubstr("Retry-After"));
    EXPECT_EQ(client.close(0ms).code(), StatusCode::kTimeout);
  }
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(RetryAfterTest, EverythingIsSentOnceItHasPassed) {
  std::chrono::steady_clock::time_point asked{};
  std::atomic<int> requests{0};
  gateway_.answer_with([&](const test::ReceivedRequest& request) {
    if (requests++ > 0) return test::accept_all(request);
    asked = std::chrono::steady_clock::now();
    return test::reply(503, "", "Retry-After: 1\r\n");
  });
  run_until_asked_to_wait();
  Client client = open();
  const Status flushed = client.flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed.message();
  // The two clocks tick apart by less than that.
  EXPECT_GE(std::chrono::steady_clock::now() - asked, 990ms);
  EXPECT_EQ(gateway_.received_seqs().back(), 1u);
  EXPECT_EQ(client.stats().pending, 0u);
  EXPECT_EQ(client.stats().sender, SenderState::kRunning);
}

TEST_F(RetryAfterTest, AnotherGatewayIsAskedAtOnce) {
  gateway_.answer_in_turn({test::reply(503, "", "Retry-After: 3600\r\n")});
  run_until_asked_to_wait();
  test::TestGateway other(&certificate_);
  options_.endpoint = other.endpoint();
  Client client = open();
  const Status flushed = client.flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed.message();
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(RetryAfterTest, ItHoldsForRequestsForErasureTooWithoutKeepingTheProcessorBusy) {
  gateway_.answer_in_turn({test::reply(503, "", "Retry-After: 3600\r\n")});
  run_until_asked_to_wait();
  Client client = open();
  ASSERT_TRUE(client.forget().ok());
  ASSERT_TRUE(client.track(Event::page_view("home")).ok());
  const auto before = processor_time();
  EXPECT_EQ(client.flush(500ms).code(), StatusCode::kTimeout);
  EXPECT_LT(processor_time() - before, 100ms);
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(RetryAfterTest, WhatARequestForErasureIsToldHoldsForEventsToo) {
  gateway_.answer_with([](const test::ReceivedRequest& request) {
    if (request.start_line.find("/v1/erasure") == std::string::npos)
      return test::accept_all(request);
    return test::reply(503, "", "Retry-After: 3600\r\n");
  });
  gateway_.stay_silent();
  {
    Client earlier = open();  // whose request for erasure is left to the next run
    ASSERT_TRUE(earlier.forget().ok());
    static_cast<void>(earlier.close(0ms));
  }
  gateway_.speak_again();
  Client client = open();
  ASSERT_TRUE(eventually([&] { return gateway_.request_count() == 1; }));
  ASSERT_TRUE(client.track(Event::page_view("home")).ok());
  EXPECT_EQ(client.flush(50ms).code(), StatusCode::kTimeout);
  EXPECT_EQ(gateway_.request_count(), 1u);
}

}  // namespace
}  // namespace penstock
