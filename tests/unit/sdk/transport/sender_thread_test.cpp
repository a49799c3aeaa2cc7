// Goal: what is in the journals reaches the gateway once acknowledged, in order, and nothing is
// lost or sent where it should not be, whatever the gateway answers. Method: a real journal, a real
// TLS server in this process, and the whole sender between them.
#include "transport/sender_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "https/socket_wait.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::eventually;
using test::kPatience;
using test::ReceivedRequest;
using test::Reply;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWriteKey = "wk_very-secret";
constexpr const char* kContext = R"({"app":"approvals"})";

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

class SenderThreadTest : public ::testing::Test {
 protected:
  SenderThreadTest() {
    options_.directory = journals();
    options_.endpoint = gateway_.endpoint();
    options_.write_key = kWriteKey;
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = hours(1);  // sent when full or flushed, unless a test says otherwise
    options_.retry_delay_min = options_.retry_delay_max = milliseconds(1);
  }
  ~SenderThreadTest() override { stop(); }

  std::filesystem::path journals() const { return directory_ / "journals"; }

  static std::unique_ptr<journal::Journal> open_journal(const journal::Slot& slot) {
    auto opened = journal::Journal::open(slot.folder(), {4 << 20, 256 << 10, 64 << 10});
    EXPECT_TRUE(opened) << opened.status().message();
    return *std::move(opened);
  }
  Source make_source() {
    auto slot = journal::Slot::take(journals());
    EXPECT_TRUE(slot) << slot.status().message();
    auto journal = open_journal(*slot);
    return {*std::move(slot), std::move(journal)};
  }
  // What a process that is gone left behind. Returns its install id.
  std::string leave_orphan(int events) {
    const Source first = make_source();  // so that the orphan is not in the slot that we take next
    const Source orphan = make_source();
    for (int i = 0; i < events; ++i)
      EXPECT_EQ(orphan.journal->writer().append(R"({"o":1})").code, StatusCode::kOk);
    return orphan.journal->install_id();
  }

  Result<std::unique_ptr<SenderThread>> start(Source own) {
    auto consent = consent::ConsentGate::open(journals(), options_.without_consent);
    auto erasures = consent::ErasureQueue::open(journals());
    EXPECT_TRUE(consent && erasures);
    return SenderThread::start(options_, kContext, std::move(own),
                               std::make_shared<consent::ConsentGate>(*std::move(consent)),
                               *std::move(erasures));
  }
  SenderThread& start() {
    Source own = make_source();
    auto started = start(std::move(own));
    EXPECT_TRUE(started) << started.status().message();
    sender_thread_ = *std::move(started);
    return *sender_thread_;
  }
  void stop() {
    if (sender_thread_) static_cast<void>(sender_thread_->stop(Clock::now() + kPatience));
    sender_thread_.reset();
  }
  void track(int events = 1, const std::string& payload = R"({"eventType":"UserActivity"})") {
    for (int i = 0; i < events; ++i) {
      const auto appended = sender_thread_->journal().writer().append(payload);
      ASSERT_EQ(appended.code, StatusCode::kOk);
      sender_thread_->doorbell().ring(appended.seq);
    }
  }
  void flush() {
    const Status status = sender_thread_->flush(kPatience);
    EXPECT_TRUE(status) << status.message();
  }
  [[nodiscard]] bool acknowledged(std::uint64_t events) {
    return eventually([&] { return sender_thread_->stats().totals.acknowledged >= events; });
  }
  [[nodiscard]] bool received(std::size_t requests) {
    return eventually([&] { return gateway_.request_count() >= requests; });
  }
  [[nodiscard]] bool next_free_slot_is(const std::string& name) const {
    return eventually([&] {
      const auto slot = journal::Slot::take(journals());
      return slot.ok() && slot->folder().filename() == name;
    });
  }
  std::vector<std::size_t> batch_sizes() const {
    std::vector<std::size_t> sizes;
    for (const auto& request : gateway_.requests()) sizes.push_back(request.events().size());
    return sizes;
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
  std::unique_ptr<SenderThread> sender_thread_;
  std::atomic<bool> stopping_{false};
};

// --- Batches ------------------------------------------------------------------------------------

TEST_F(SenderThreadTest, AFullBatchIsSentWithoutWaitingForItsAge) {
  options_.batch_events_max = 10;
  start();
  track(20);
  ASSERT_TRUE(acknowledged(20));
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 20));
  for (const std::size_t size : batch_sizes()) EXPECT_EQ(size, 10u);
}

TEST_F(SenderThreadTest, ABatchOfManyBytesIsSentWithoutWaitingForItsAge) {
  options_.batch_bytes_max = 10'000;
  start();
  track(10, R"({"text":")" + std::string(5'000, 'x') + R"("})");
  ASSERT_TRUE(acknowledged(10));
  for (const std::size_t size : batch_sizes()) EXPECT_LE(size, 2u);
}

TEST_F(SenderThreadTest, AnOldEnoughEventIsSentAlone) {
  options_.batch_age_max = milliseconds(1);
  start();
  track();
  ASSERT_TRUE(acknowledged(1));
}

TEST_F(SenderThreadTest, AnIdleSenderIsWokenByTheNextEvent) {
  options_.batch_age_max = milliseconds(0);
  start();
  for (std::uint64_t round = 1; round <= 20; ++round) {
    track();
    ASSERT_TRUE(acknowledged(round)) << round;
  }
}

TEST_F(SenderThreadTest, FlushSendsAtOnceAndWaitsForTheAcknowledgement) {
  start();
  track(3);
  flush();
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 0u);
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 3u);
}

TEST_F(SenderThreadTest, FlushOfNothingIsOk) {
  start();
  flush();
  EXPECT_EQ(gateway_.connections(), 0);
}

TEST_F(SenderThreadTest, ABatchSaysWhoSendsIt) {
  options_.compression = Compression::kGzip;
  start();
  track();
  flush();
  const auto request = gateway_.requests().at(0);
  EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(request.batch()["installId"], sender_thread_->journal().install_id());
  EXPECT_EQ(request.batch()["context"], nlohmann::json::parse(kContext));
  EXPECT_FALSE(request.batch().contains("dropped"));
}

TEST_F(SenderThreadTest, AllBatchesGoOverOneConnection) {
  options_.batch_events_max = 1;
  start();
  track(20);
  flush();
  EXPECT_EQ(gateway_.request_count(), 20u);
  EXPECT_EQ(gateway_.connections(), 1);
}

TEST_F(SenderThreadTest, EventsOfAnEarlierRunAreSent) {
  {
    const Source earlier = make_source();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(earlier.journal->writer().append(R"({"a":1})").code, StatusCode::kOk);
  }
  start();
  track();
  flush();
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 4));
}

// --- Answers ------------------------------------------------------------------------------------

TEST_F(SenderThreadTest, RejectedEventsAreCountedAndNotSentAgain) {
  gateway_.answer_in_turn({test::reply(
      200, R"({"accepted":2,"rejected":[{"index":1,"code":"too_deep","message":"x"}]})")});
  start();
  track(3);
  flush();
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 2u);
  EXPECT_EQ(sender_thread_->stats().totals.rejected, 1u);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 0u);
  EXPECT_EQ(gateway_.received_seqs(), numbers(1, 3));
}

class SenderRetryTest : public SenderThreadTest, public ::testing::WithParamInterface<int> {};

TEST_P(SenderRetryTest, TheBatchIsSentAgain) {
  gateway_.answer_in_turn({test::reply(GetParam())});
  start();
  track(2);
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
  const SenderStats stats = sender_thread_->stats();
  EXPECT_EQ(stats.totals.acknowledged, 2u);
  EXPECT_EQ(stats.batches_sent, 2u);
  EXPECT_EQ(stats.retries, 1u);
  EXPECT_EQ(stats.state, SenderState::kRunning);
  EXPECT_EQ(stats.message, "");
}

INSTANTIATE_TEST_SUITE_P(Statuses, SenderRetryTest,
                         ::testing::Values(200, 202, 301, 302, 307, 308, 404, 405, 408, 410, 425,
                                           429, 500, 502, 503, 504));

class SenderRefusalTest : public SenderThreadTest, public ::testing::WithParamInterface<int> {};

TEST_P(SenderRefusalTest, TheSenderSaysWhyKeepsTheEventsAndAsksAgainAtFlush) {
  const std::string problem = R"({"code":"the_code","detail":"the detail"})";
  gateway_.answer_in_turn(
      {test::reply(GetParam(), problem, "Content-Type: application/problem+json\r\n")});
  start();
  track(2);
  const Status flushed = sender_thread_->flush(kPatience);
  EXPECT_EQ(flushed.code(), StatusCode::kRefused);
  EXPECT_THAT(flushed.message(),
              AllOf(HasSubstr(std::to_string(GetParam())), HasSubstr("the_code: the detail"),
                    HasSubstr("the events are kept, and it is asked again within 1 minute"),
                    Not(HasSubstr(kWriteKey))));
  EXPECT_EQ(sender_thread_->stats().state, SenderState::kRefused);
  EXPECT_EQ(sender_thread_->stats().message, flushed.message());

  track(2);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 4u);
  EXPECT_EQ(gateway_.request_count(), 1u);
  flush();
  EXPECT_EQ(sender_thread_->stats().state, SenderState::kRunning);
  EXPECT_EQ(sender_thread_->stats().message, "");
  EXPECT_EQ(gateway_.received_seqs(), (std::vector<std::uint64_t>{1, 2, 1, 2, 3, 4}));
}

TEST_P(SenderRefusalTest, TheServerIsAskedAgainWithoutAFlush) {
  options_.refusal_delay_min = options_.refusal_delay_max = milliseconds(20);
  options_.batch_age_max = milliseconds(0);
  gateway_.answer_in_turn({test::reply(GetParam()), test::reply(GetParam())});
  start();
  track(2);
  EXPECT_TRUE(eventually([&] { return sender_thread_->stats().totals.acknowledged == 2; }));
  EXPECT_EQ(sender_thread_->stats().state, SenderState::kRunning);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Statuses, SenderRefusalTest, ::testing::Values(400, 401, 403, 415));

TEST_F(SenderThreadTest, AFlushIsAnsweredByTheRefusalOfItsOwnRequest) {
  gateway_.answer_in_turn({test::reply(401), test::reply(401), test::reply(403)});
  start();
  track(1);
  for (const char* status : {"401", "401", "403"}) {
    const Status flushed = sender_thread_->flush(kPatience);
    EXPECT_EQ(flushed.code(), StatusCode::kRefused);
    EXPECT_THAT(flushed.message(), HasSubstr(status));
  }
  flush();
  EXPECT_EQ(gateway_.request_count(), 4u);
}

TEST_F(SenderThreadTest, AStoppedSenderSendsAllAfterTheNextStart) {
  gateway_.answer_in_turn({test::reply(401)});
  start();
  track(2);
  EXPECT_EQ(sender_thread_->flush(kPatience).code(), StatusCode::kRefused);
  stop();
  start();
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
}

TEST_F(SenderThreadTest, AnAnswerThatIsNotOurGatewaysIsNoAcknowledgement) {
  gateway_.answer_in_turn({
      test::reply(200, "<html>Please log in to the airport's network</html>"),
      test::reply(200, R"({"accepted":1,"rejected":[]})"),
      {"HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"accepted\":2,\"rej", Reply::Then::kClose},
      test::close_at_once(),
  });
  start();
  track(2);
  flush();
  EXPECT_EQ(gateway_.request_count(), 5u);
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 2u);
}

TEST_F(SenderThreadTest, WhileItRetriesTheMessageSaysWhy) {
  gateway_.answer_with(
      [](const auto&) { return test::reply(302, "", "Location: https://elsewhere.example/\r\n"); });
  start();
  track();
  const Status flushed = sender_thread_->flush(milliseconds(50));
  EXPECT_EQ(flushed.code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return sender_thread_->stats().state == SenderState::kRetrying; }));
  EXPECT_THAT(sender_thread_->stats().message,
              AllOf(HasSubstr("302"), HasSubstr("redirect"), HasSubstr("endpoint")));
}

TEST_F(SenderThreadTest, AGatewayThatIsAwayIsRetriedWithAMessage) {
  options_.endpoint = "https://localhost:" + std::to_string(test::free_port());
  start();
  track();
  sender_thread_->doorbell().wake();
  EXPECT_EQ(sender_thread_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return sender_thread_->stats().state == SenderState::kRetrying; }));
  EXPECT_THAT(sender_thread_->stats().message, HasSubstr("refused"));
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 1u);
}

// --- Too large ----------------------------------------------------------------------------------

TEST_F(SenderThreadTest, ATooLargeBatchIsHalvedUntilItFits) {
  gateway_.answer_with([](const ReceivedRequest& request) {
    return request.events().size() > 3 ? test::reply(413) : test::accept_all(request);
  });
  options_.batch_events_max = 16;
  start();
  track(16);
  flush();
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 16u);
  EXPECT_EQ(sender_thread_->stats().totals.dropped.of(wire::DropReason::kTooLargeForGateway), 0u);
  const auto sizes = batch_sizes();
  ASSERT_GE(sizes.size(), 4u);
  EXPECT_THAT(std::vector(sizes.begin(), sizes.begin() + 4), ElementsAre(16, 8, 4, 2));
}

TEST_F(SenderThreadTest, WhatTheProgramGaveUpIsReportedUntilItIsAcknowledgedAndThenNoMore) {
  const auto dropped = [&](std::size_t request) {
    const auto batch = gateway_.requests().at(request).batch();
    return batch.contains("dropped") ? batch["dropped"] : nlohmann::json();
  };
  gateway_.answer_in_turn({test::reply(503)});
  start();
  for (int i = 0; i < 2; ++i)
    sender_thread_->journal().ledger().refuse(wire::DropReason::kStorageFull, wire::TypeId::kClick);
  track();
  flush();
  const auto storage_full = nlohmann::json::parse(R"({"storage_full":2})");
  EXPECT_EQ(dropped(0), storage_full);
  EXPECT_EQ(dropped(1), storage_full);
  track();
  flush();
  EXPECT_TRUE(dropped(2).is_null());
}

TEST_F(SenderThreadTest, AnEventThatIsTooLargeAloneIsGivenUpCountedAndReported) {
  gateway_.answer_with([](const ReceivedRequest& request) {
    for (const auto& event : request.events()) {
      if (event["seq"] == 3) return test::reply(413);
    }
    return test::accept_all(request);
  });
  options_.batch_events_max = 8;
  start();
  track(8);
  flush();
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 7u);
  EXPECT_EQ(sender_thread_->stats().totals.dropped.of(wire::DropReason::kTooLargeForGateway), 1u);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 0u);

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

// --- Order and repetition -----------------------------------------------------------------------

TEST_F(SenderThreadTest, TheOrderIsKeptThroughFailures) {
  options_.batch_events_max = 10;
  std::vector<std::uint64_t> accepted;
  gateway_.answer_with([&accepted, count = 0](const ReceivedRequest& request) mutable {
    switch (++count % 4) {
      case 0:
        return test::reply(503);
      case 1:
        return test::close_at_once();
      case 2:
        return test::reply(200, "garbage");
      default:
        break;
    }
    for (const auto& event : request.events()) accepted.push_back(event["seq"]);
    return test::accept_all(request);
  });
  start();
  track(100);
  flush();
  EXPECT_GT(gateway_.request_count(), 4u * 9u);  // three failures before each of the batches
  EXPECT_EQ(accepted, numbers(1, 100));
}

// --- Pauses -------------------------------------------------------------------------------------

TEST_F(SenderThreadTest, FlushDoesNotShortenARetryAfter) {
  gateway_.answer_in_turn({test::reply(503, "", "Retry-After: 3600\r\n")});
  start();
  track();
  EXPECT_EQ(sender_thread_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return sender_thread_->stats().state == SenderState::kRetrying; }));
  EXPECT_EQ(sender_thread_->flush(milliseconds(50)).code(), StatusCode::kTimeout);
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(SenderThreadTest, FlushEndsTheWaitForARetry) {
  options_.retry_delay_min = options_.retry_delay_max = hours(24);
  gateway_.answer_in_turn({test::reply(503)});
  start();
  track();
  EXPECT_EQ(sender_thread_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return sender_thread_->stats().state == SenderState::kRetrying; }));
  flush();
  EXPECT_EQ(gateway_.request_count(), 2u);
}

TEST_F(SenderThreadTest, StopEndsAPauseAtOnce) {
  gateway_.answer_in_turn({test::reply(503, "", "Retry-After: 3600\r\n")});
  start();
  track();
  EXPECT_EQ(sender_thread_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return sender_thread_->stats().state == SenderState::kRetrying; }));
  EXPECT_TRUE(sender_thread_->stop(Clock::now() + kPatience));
}

// --- Stopping -----------------------------------------------------------------------------------

TEST_F(SenderThreadTest, StopOfAnIdleSenderIsOkAndIdempotent) {
  start();
  EXPECT_TRUE(sender_thread_->stop(Clock::now() + kPatience));
  EXPECT_TRUE(sender_thread_->stop(Clock::now() + kPatience));
  track();
  EXPECT_EQ(sender_thread_->flush(kPatience).code(), StatusCode::kClosed);
}

TEST_F(SenderThreadTest, StopLetsTheRequestUnderWayFinish) {
  gateway_.answer_with([this](const ReceivedRequest& request) {
    EXPECT_TRUE(eventually([this] { return stopping_.load(); }));
    return test::accept_all(request);
  });
  start();
  track();
  EXPECT_EQ(sender_thread_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return gateway_.plain_bytes() > 0; }));
  stopping_ = true;
  EXPECT_TRUE(sender_thread_->stop(Clock::now() + kPatience));
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 1u);
}

TEST_F(SenderThreadTest, StopCutsOffAServerThatNeverAnswersAndKeepsTheEvents) {
  gateway_.answer_with([](const auto&) { return test::never_answer(); });
  start();
  track(2);
  EXPECT_EQ(sender_thread_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(received(1));
  EXPECT_EQ(sender_thread_->stop(Clock::now() + milliseconds(100)).code(), StatusCode::kTimeout);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 2u);
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 0u);
}

TEST_F(SenderThreadTest, StopCutsOffAServerThatNeverShakesHands) {
  gateway_.stay_silent();
  start();
  track(2);
  EXPECT_EQ(sender_thread_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return gateway_.connections() == 1; }));
  EXPECT_EQ(sender_thread_->stop(Clock::now() + milliseconds(100)).code(), StatusCode::kTimeout);
  EXPECT_EQ(sender_thread_->journal().reader().pending(), 2u);
}

TEST_F(SenderThreadTest, StopWithNoTimeLeftReturnsAndTheEventsAreSentByTheNextOne) {
  gateway_.answer_with([](const auto&) { return test::never_answer(); });
  start();
  track(2);
  EXPECT_EQ(sender_thread_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(received(1));
  sender_thread_.reset();

  ASSERT_TRUE(next_free_slot_is("slot-0000"));  // the thread was left behind, and ends by itself
  gateway_.answer_with(test::accept_all);
  start();
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
}

// --- Orphans ------------------------------------------------------------------------------------

TEST_F(SenderThreadTest, OrphansAreSentFirstUnderTheirOwnInstallId) {
  options_.batch_events_max = 4;
  const std::string orphan_id = leave_orphan(10);
  start();
  EXPECT_NE(sender_thread_->journal().install_id(), orphan_id);
  track(2);
  flush();
  std::vector<std::string> ids;
  for (const auto& request : gateway_.requests()) ids.push_back(request.batch()["installId"]);
  EXPECT_THAT(ids,
              ElementsAre(orphan_id, orphan_id, orphan_id, sender_thread_->journal().install_id()));
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 12u);
  EXPECT_EQ(sender_thread_->stats().orphans_pending, 0u);
}

TEST_F(SenderThreadTest, AnEmptiedOrphanIsLetGo) {
  leave_orphan(3);
  start();
  flush();
  EXPECT_TRUE(next_free_slot_is("slot-0001"));
}

TEST_F(SenderThreadTest, AnOrphanThatCannotBeSentStaysForTheNextStart) {
  gateway_.answer_with([](const auto&) { return test::reply(503); });
  const std::string orphan_id = leave_orphan(3);
  start();
  EXPECT_TRUE(eventually([&] { return sender_thread_->stats().orphans_pending == 3; }));
  EXPECT_EQ(sender_thread_->flush(milliseconds(10)).code(), StatusCode::kTimeout);
  stop();

  gateway_.answer_with(test::accept_all);
  start();
  flush();
  EXPECT_EQ(sender_thread_->stats().totals.acknowledged, 3u);
  EXPECT_EQ(gateway_.requests().back().batch()["installId"], orphan_id);
}

// --- The host -----------------------------------------------------------------------------------

TEST_F(SenderThreadTest, ACaFileThatCannotBeUsedFailsTheStartByName) {
  options_.ca_file = directory_ / "missing.pem";
  const auto started = start(make_source());
  EXPECT_EQ(started.status().code(), StatusCode::kInvalidOption);
  EXPECT_THAT(started.status().message(), AllOf(HasSubstr("ca_file"), HasSubstr("missing.pem")));
}

TEST_F(SenderThreadTest, TheHostsSignalHandlersDoNotRunOnTheSenderThread) {
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
}  // namespace penstock::transport
