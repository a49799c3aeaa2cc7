// Goal: a request for erasure is sent until the gateway has taken it, and asked for no longer than
// that. Method: a real queue on disk, a real HTTPS client and a real TLS server.
#include "transport/erasure_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "https/client.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock::transport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class ErasureSenderTest : public ::testing::Test {
 protected:
  static constexpr const char* kInstall = "01234567-89ab-4cde-8f01-23456789abcd";

  ErasureSenderTest() {
    https::Settings settings;
    settings.endpoint = gateway_.endpoint();
    settings.ca_file = certificate_.ca_file();
    settings.proxy = "direct";
    auto client = https::Client::create(settings, wait_);
    EXPECT_TRUE(client) << client.status().message();
    client_ = *std::move(client);
    auto queue = consent::ErasureQueue::open(directory_.path());
    EXPECT_TRUE(queue);
    sender_.emplace(*std::move(queue), RetryLimits{});
  }
  void queue(const char* install_id = kInstall) {
    ASSERT_TRUE(sender_->queue().add(install_id, 1'733'661'296'789));
    sender_->look_again();
  }
  Decision send() { return sender_->send_next(*client_, idle_, 0, 0.5); }

  struct Idle final : https::WhileWaiting {
    Clock::time_point while_waiting() noexcept override { return Clock::time_point::max(); }
  };

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  https::SocketWait wait_;
  Idle idle_;
  std::unique_ptr<https::Client> client_;
  std::optional<ErasureSender> sender_;
};

TEST_F(ErasureSenderTest, WithNothingQueuedNobodyIsAskedAndItIsNeverDue) {
  send();
  EXPECT_EQ(gateway_.request_count(), 0u);
  EXPECT_EQ(sender_->next(), Clock::time_point::max());
}

TEST_F(ErasureSenderTest, WhatTheGatewayHasTakenIsAskedForNoMore) {
  gateway_.answer_in_turn({test::reply(200, R"({"accepted":1})")});
  queue();
  EXPECT_EQ(send().action, Action::kAcknowledge);
  EXPECT_THAT(sender_->queue().pending(), ::testing::IsEmpty());
  const auto request = gateway_.requests().at(0);
  EXPECT_THAT(request.start_line, ::testing::HasSubstr("/v1/erasure"));
  EXPECT_EQ(request.batch()["installIds"][0], kInstall);
  EXPECT_EQ(request.batch()["requestedAt"], "2024-12-08T12:34:56.789Z");
}

TEST_F(ErasureSenderTest, AnAnswerThatConfirmsNothingKeepsTheRequest) {
  gateway_.answer_in_turn({test::reply(200, "hello"), test::reply(503)});
  queue();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(send().action, Action::kRetry);
    EXPECT_GT(sender_->next(), Clock::time_point::min());
    EXPECT_LT(sender_->next(), Clock::time_point::max());
  }
  EXPECT_THAT(sender_->queue().pending(), ::testing::SizeIs(1));
}

TEST_F(ErasureSenderTest, AGatewayThatKnowsNoErasureIsNotAskedAgainInThisRun) {
  gateway_.answer_in_turn({test::reply(404)});
  queue();
  send();
  EXPECT_EQ(sender_->next(), Clock::time_point::max());
  EXPECT_THAT(sender_->queue().pending(), ::testing::SizeIs(1)) << "for the next open";
  sender_->look_again();
  EXPECT_EQ(sender_->next(), Clock::time_point::max());
}

}  // namespace
}  // namespace penstock::transport
