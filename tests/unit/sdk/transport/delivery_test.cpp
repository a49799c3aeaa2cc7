// Goal: a request says what it has to, and only an answer of our gateway about this very batch
// settles it. Method: the whole sender; requests as a real server has received them.
#include "sender_fixture.hpp"

namespace penstock::transport::test {
namespace {

using DeliveryTest = SenderFixture;

TEST_F(DeliveryTest, ABatchSaysWhoSendsIt) {
  options_.compression = Compression::kGzip;
  start();
  track();
  flush();
  const auto request = gateway_.requests().at(0);
  EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(request.batch()["installId"], sender_handle_->journal().install_id());
  EXPECT_EQ(request.batch()["context"], nlohmann::json::parse(kContext));
  EXPECT_FALSE(request.batch().contains("dropped"));
}

TEST_F(DeliveryTest, AllBatchesGoOverOneConnection) {
  options_.batch_events_max = 1;
  start();
  track(20);
  flush();
  EXPECT_EQ(gateway_.request_count(), 20u);
  EXPECT_EQ(gateway_.connections(), 1);
}

TEST_F(DeliveryTest, RejectedEventsAreCountedAndNotSentAgain) {
  gateway_.answer_in_turn(
      {reply(200, R"({"accepted":2,"rejected":[{"index":1,"code":"too_deep","message":"x"}]})")});
  start();
  track(3);
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 2u);
  EXPECT_EQ(sender_handle_->stats().totals.rejected, 1u);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 0u);
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 3));
}

TEST_F(DeliveryTest, AnAnswerThatIsNotOurGatewaysIsNoAcknowledgement) {
  gateway_.answer_in_turn({
      reply(200, "<html>Please log in to the airport's network</html>"),
      reply(200, R"({"accepted":1,"rejected":[]})"),
      {"HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"accepted\":2,\"rej", Reply::Then::kClose},
      close_at_once(),
  });
  start();
  track(2);
  flush();
  EXPECT_EQ(gateway_.request_count(), 5u);
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 2u);
}

TEST_F(DeliveryTest, WhatTheProgramGaveUpIsReportedUntilItIsAcknowledgedAndThenNoMore) {
  const auto dropped = [&](std::size_t request) {
    const auto batch = gateway_.requests().at(request).batch();
    return batch.contains("dropped") ? batch["dropped"] : nlohmann::json();
  };
  gateway_.answer_in_turn({reply(503)});
  start();
  for (int i = 0; i < 2; ++i)
    sender_handle_->journal().ledger().refuse(wire::DropReason::kStorageFull, wire::TypeId::kClick);
  track();
  flush();
  const auto storage_full = nlohmann::json::parse(R"({"storage_full":2})");
  EXPECT_EQ(dropped(0), storage_full);
  EXPECT_EQ(dropped(1), storage_full);
  track();
  flush();
  EXPECT_TRUE(dropped(2).is_null());
}

}  // namespace
}  // namespace penstock::transport::test
