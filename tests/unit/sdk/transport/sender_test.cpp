// Goal: batches leave when they are due, and nothing is lost, doubled or reordered whatever the
// gateway answers. Method: the whole sender between a real journal and a real TLS server.
#include "sender_fixture.hpp"
#include "support/free_port.hpp"

namespace penstock::transport::test {
namespace {

using SenderTest = SenderFixture;

TEST_F(SenderTest, AFullBatchIsSentWithoutWaitingForItsAge) {
  options_.batch_events_max = 10;
  start();
  track(20);
  ASSERT_TRUE(acknowledged(20));
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 20));
  for (const std::size_t size : batch_sizes()) EXPECT_EQ(size, 10u);
}

TEST_F(SenderTest, ABatchOfManyBytesIsSentWithoutWaitingForItsAge) {
  options_.batch_bytes_max = 10'000;
  start();
  track(10, R"({"text":")" + std::string(5'000, 'x') + R"("})");
  ASSERT_TRUE(acknowledged(10));
  for (const std::size_t size : batch_sizes()) EXPECT_LE(size, 2u);
}

TEST_F(SenderTest, AnOldEnoughEventIsSentAlone) {
  options_.batch_age_max = milliseconds(1);
  start();
  track();
  ASSERT_TRUE(acknowledged(1));
}

TEST_F(SenderTest, AnIdleSenderIsWokenByTheNextEvent) {
  options_.batch_age_max = milliseconds(0);
  start();
  for (std::uint64_t round = 1; round <= 20; ++round) {
    track();
    ASSERT_TRUE(acknowledged(round)) << round;
  }
}

class SenderRetryTest : public SenderTest, public ::testing::WithParamInterface<int> {};

TEST_P(SenderRetryTest, TheBatchIsSentAgain) {
  gateway_.answer_in_turn({reply(GetParam())});
  start();
  track(2);
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
  const SenderStats stats = sender_handle_->stats();
  EXPECT_EQ(stats.totals.acknowledged, 2u);
  EXPECT_EQ(stats.batches_sent, 2u);
  EXPECT_EQ(stats.retries, 1u);
  EXPECT_EQ(stats.state, SenderState::kRunning);
  EXPECT_EQ(stats.message, "");
}

INSTANTIATE_TEST_SUITE_P(Statuses, SenderRetryTest,
                         ::testing::Values(200, 202, 301, 302, 307, 308, 404, 405, 408, 410, 425,
                                           429, 500, 502, 503, 504));

class SenderRefusalTest : public SenderTest, public ::testing::WithParamInterface<int> {};

TEST_P(SenderRefusalTest, TheSenderSaysWhyKeepsTheEventsAndAsksAgainAtFlush) {
  const std::string problem = R"({"code":"the_code","detail":"the detail"})";
  gateway_.answer_in_turn(
      {reply(GetParam(), problem, "Content-Type: application/problem+json\r\n")});
  start();
  track(2);
  const Status flushed = sender_handle_->flush(kPatience);
  EXPECT_EQ(flushed.code(), StatusCode::kRefused);
  EXPECT_THAT(flushed.message(),
              AllOf(HasSubstr(std::to_string(GetParam())), HasSubstr("the_code: the detail"),
                    HasSubstr("the events are kept, and it is asked again within 1 minute"),
                    Not(HasSubstr(kWriteKey))));
  EXPECT_EQ(sender_handle_->stats().state, SenderState::kRefused);
  EXPECT_EQ(sender_handle_->stats().message, flushed.message());

  track(2);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 4u);
  EXPECT_EQ(gateway_.request_count(), 1u);
  flush();
  EXPECT_EQ(sender_handle_->stats().state, SenderState::kRunning);
  EXPECT_EQ(sender_handle_->stats().message, "");
  EXPECT_EQ(gateway_.received_seqs(), (std::vector<std::uint64_t>{1, 2, 1, 2, 3, 4}));
}

TEST_P(SenderRefusalTest, TheServerIsAskedAgainWithoutAFlush) {
  options_.refusal_delay_min = options_.refusal_delay_max = milliseconds(20);
  options_.batch_age_max = milliseconds(0);
  gateway_.answer_in_turn({reply(GetParam()), reply(GetParam())});
  start();
  track(2);
  EXPECT_TRUE(eventually([&] { return sender_handle_->stats().totals.acknowledged == 2; }));
  EXPECT_EQ(sender_handle_->stats().state, SenderState::kRunning);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Statuses, SenderRefusalTest, ::testing::Values(400, 401, 403, 415));

TEST_F(SenderTest, AStoppedSenderSendsAllAfterTheNextStart) {
  gateway_.answer_in_turn({reply(401)});
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(kPatience).code(), StatusCode::kRefused);
  stop();
  start();
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
}

TEST_F(SenderTest, WhileItRetriesTheMessageSaysWhy) {
  gateway_.answer_with(
      [](const auto&) { return reply(302, "", "Location: https://elsewhere.example/\r\n"); });
  start();
  track();
  const Status flushed = sender_handle_->flush(milliseconds(50));
  EXPECT_EQ(flushed.code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries());
  EXPECT_THAT(sender_handle_->stats().message,
              AllOf(HasSubstr("302"), HasSubstr("redirect"), HasSubstr("endpoint")));
}

TEST_F(SenderTest, AGatewayThatIsAwayIsRetriedWithAMessage) {
  options_.endpoint = "https://localhost:" + std::to_string(free_port());
  start();
  track();
  sender_handle_->doorbell().wake();
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries());
  EXPECT_THAT(sender_handle_->stats().message, HasSubstr("refused"));
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 1u);
}

TEST_F(SenderTest, ATooLargeBatchIsHalvedUntilItFits) {
  gateway_.answer_with([](const ReceivedRequest& request) {
    return request.events().size() > 3 ? reply(413) : accept_all(request);
  });
  options_.batch_events_max = 16;
  start();
  track(16);
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 16u);
  EXPECT_EQ(sender_handle_->stats().totals.dropped.of(wire::DropReason::kTooLargeForGateway), 0u);
  const auto sizes = batch_sizes();
  ASSERT_GE(sizes.size(), 4u);
  EXPECT_THAT(std::vector(sizes.begin(), sizes.begin() + 4), ElementsAre(16, 8, 4, 2));
}

TEST_F(SenderTest, AnEventThatIsTooLargeAloneIsGivenUpCountedAndReported) {
  gateway_.answer_with([](const ReceivedRequest& request) {
    for (const auto& event : request.events()) {
      if (event["seq"] == 3) return reply(413);
    }
    return accept_all(request);
  });
  options_.batch_events_max = 8;
  start();
  track(8);
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 7u);
  EXPECT_EQ(sender_handle_->stats().totals.dropped.of(wire::DropReason::kTooLargeForGateway), 1u);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 0u);

  track();
  flush();
  int reports = 0;
  for (const auto& request : gateway_.requests()) {
    const auto batch = request.batch();
    if (!batch.contains("dropped")) continue;
    EXPECT_EQ(batch["dropped"], nlohmann::json::parse(R"({"too_large_for_gateway":1})"));
    ++reports;
  }
  EXPECT_EQ(reports, 1);
}

TEST_F(SenderTest, TheOrderIsKeptThroughFailures) {
  options_.batch_events_max = 10;
  std::vector<std::uint64_t> accepted;
  gateway_.answer_with([&accepted, count = 0](const ReceivedRequest& request) mutable {
    switch (++count % 4) {
      case 0:
        return reply(503);
      case 1:
        return close_at_once();
      case 2:
        return reply(200, "garbage");
      default:
        break;
    }
    for (const auto& event : request.events()) accepted.push_back(event["seq"]);
    return accept_all(request);
  });
  start();
  track(100);
  flush();
  EXPECT_GT(gateway_.request_count(), 4u * 9u);  // three failures before each of the batches
  EXPECT_EQ(accepted, numbers(1, 100));
}

}  // namespace
}  // namespace penstock::transport::test
