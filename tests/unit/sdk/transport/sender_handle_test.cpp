// Goal: flush() and stop() keep their bounds and say what was reached, and the thread is a good
// guest in its host. Method: the whole sender, with servers that refuse, stay silent or never shake
// hands.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "sender_fixture.hpp"

namespace penstock::transport::test {
namespace {

class SenderHandleTest : public SenderFixture {
 protected:
  std::atomic<bool> stopping_{false};
};

TEST_F(SenderHandleTest, FlushSendsAtOnceAndWaitsForTheAcknowledgement) {
  start();
  track(3);
  flush();
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 0u);
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 3u);
}

TEST_F(SenderHandleTest, FlushOfNothingIsOk) {
  start();
  flush();
  EXPECT_EQ(gateway_.connections(), 0);
}

TEST_F(SenderHandleTest, AFlushIsAnsweredByTheRefusalOfItsOwnRequest) {
  gateway_.answer_in_turn({reply(401), reply(401), reply(403)});
  start();
  track(1);
  for (const char* status : {"401", "401", "403"}) {
    const Status flushed = sender_handle_->flush(kPatience);
    EXPECT_EQ(flushed.code(), StatusCode::kRefused);
    EXPECT_THAT(flushed.message(), HasSubstr(status));
  }
  flush();
  EXPECT_EQ(gateway_.request_count(), 4u);
}

TEST_F(SenderHandleTest, FlushDoesNotShortenARetryAfter) {
  gateway_.answer_in_turn({reply(503, "", "Retry-After: 3600\r\n")});
  start();
  track();
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries());
  EXPECT_EQ(sender_handle_->flush(milliseconds(50)).code(), StatusCode::kTimeout);
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(SenderHandleTest, FlushEndsTheWaitForARetry) {
  options_.retry_delay_min = options_.retry_delay_max = hours(24);
  gateway_.answer_in_turn({reply(503)});
  start();
  track();
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries());
  flush();
  EXPECT_EQ(gateway_.request_count(), 2u);
}

TEST_F(SenderHandleTest, StopEndsAPauseAtOnce) {
  gateway_.answer_in_turn({reply(503, "", "Retry-After: 3600\r\n")});
  start();
  track();
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries());
  EXPECT_TRUE(sender_handle_->stop(Clock::now() + kPatience));
}

TEST_F(SenderHandleTest, StopOfAnIdleSenderIsOkAndIdempotent) {
  start();
  EXPECT_TRUE(sender_handle_->stop(Clock::now() + kPatience));
  EXPECT_TRUE(sender_handle_->stop(Clock::now() + kPatience));
  track();
  EXPECT_EQ(sender_handle_->flush(kPatience).code(), StatusCode::kClosed);
}

TEST_F(SenderHandleTest, StopLetsTheRequestUnderWayFinish) {
  gateway_.answer_with([this](const ReceivedRequest& request) {
    EXPECT_TRUE(eventually([this] { return stopping_.load(); }));
    return accept_all(request);
  });
  start();
  track();
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return gateway_.plain_bytes() > 0; }));
  stopping_ = true;
  EXPECT_TRUE(sender_handle_->stop(Clock::now() + kPatience));
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 1u);
}

TEST_F(SenderHandleTest, StopCutsOffAServerThatNeverAnswersAndKeepsTheEvents) {
  gateway_.answer_with([](const auto&) { return never_answer(); });
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(received(1));
  EXPECT_EQ(sender_handle_->stop(Clock::now() + milliseconds(100)).code(), StatusCode::kTimeout);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 2u);
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 0u);
}

TEST_F(SenderHandleTest, BehindAStopThatHadNoTimeAFlushWaitsForNothing) {
  gateway_.answer_with([](const auto&) { return never_answer(); });
  start();
  track();
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(received(1));
  EXPECT_EQ(sender_handle_->stop(Clock::now()).code(), StatusCode::kTimeout);
  EXPECT_EQ(sender_handle_->flush(kPatience).code(), StatusCode::kClosed);
}

TEST_F(SenderHandleTest, StopCutsOffAServerThatNeverShakesHands) {
  gateway_.stay_silent();
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return gateway_.connections() == 1; }));
  EXPECT_EQ(sender_handle_->stop(Clock::now() + milliseconds(100)).code(), StatusCode::kTimeout);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 2u);
}

TEST_F(SenderHandleTest, StopWithNoTimeLeftReturnsAndTheEventsAreSentByTheNextOne) {
  gateway_.answer_with([](const auto&) { return never_answer(); });
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(received(1));
  sender_handle_.reset();

  ASSERT_TRUE(next_free_slot_is("slot-0000"));  // the thread was left behind, and ends by itself
  gateway_.answer_with(accept_all);
  start();
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
}

TEST_F(SenderHandleTest, ACaFileThatCannotBeUsedFailsTheStartByName) {
  options_.ca_file = directory_ / "missing.pem";
  const auto started = start(make_source());
  EXPECT_EQ(started.status().code(), StatusCode::kInvalidOption);
  EXPECT_THAT(started.status().message(), AllOf(HasSubstr("ca_file"), HasSubstr("missing.pem")));
}

TEST_F(SenderHandleTest, TheHostsSignalHandlersDoNotRunOnTheSenderHandle) {
  start();
  track();
  flush();
  std::uint64_t blocked = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name, line;
    std::ifstream(thread.path() / "comm") >> name;
    std::ifstream status(thread.path() / "status");
    while (name == "penstock-sender" && std::getline(status, line)) {
      if (line.starts_with("SigBlk:")) blocked = std::stoull(line.substr(7), nullptr, 16);
    }
  }
  for (const int signal : {SIGPIPE, SIGTERM, SIGUSR1, SIGPROF}) {
    EXPECT_NE(blocked >> (signal - 1) & 1, 0u) << signal;
  }
  EXPECT_EQ(blocked >> (SIGSEGV - 1) & 1, 0u) << "a crash must reach the host's reporter";
}

}  // namespace
}  // namespace penstock::transport::test
