// Goal: whatever comes back in a gateway's place, no event is lost, and none is taken for
// acknowledged that is not. Method: a real journal and sender, and a real server whose first answer
// is bad; the second is good.
#include <atomic>

#include "sender_fixture.hpp"
#include "support/test_proxy.hpp"

namespace penstock::transport::test {
namespace {

constexpr const char* kVerdicts = R"({"accepted":2,"rejected":[]})";  // as long as it says: 28

class HostileServerTest : public SenderFixture {
 protected:
  HostileServerTest() { options_.proxy = "direct"; }

  [[nodiscard]] bool retries_with(const std::string& text) {
    return eventually([&] {
      const auto stats = sender_handle_->stats();
      return stats.state == SenderState::kRetrying && stats.message.find(text) != std::string::npos;
    });
  }

  TestProxy proxy_;
};

constexpr auto kClose = Reply::Then::kClose;
constexpr auto kSilence = Reply::Then::kSayNothingMore;

struct Hostile {
  const char* name;
  Reply reply;
};

std::string with_length(std::size_t length, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" + body;
}

std::string chunked(const std::string& chunks) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

class HostileAnswerTest : public HostileServerTest,
                          public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileAnswerTest, TheBatchIsSentAgainAndAcknowledgedOnce) {
  if (GetParam().reply.then == kSilence) options_.request_timeout = milliseconds(2000);
  gateway_.answer_in_turn({GetParam().reply});
  start();
  track(2);
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 1, 2));
  const SenderStats stats = sender_handle_->stats();
  EXPECT_EQ(stats.totals.acknowledged, 2u);
  EXPECT_EQ(stats.totals.rejected, 0u);
  EXPECT_EQ(stats.totals.dropped.of(wire::DropReason::kTooLargeForGateway), 0u);
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HostileAnswerTest,
    ::testing::Values(
        Hostile{"Nothing", {"", kSilence}}, Hostile{"HalfAStatusLine", {"HTTP/1.1 2", kSilence}},
        Hostile{"HalfAHead", {"HTTP/1.1 200 OK\r\nContent-Len", kClose}},
        Hostile{"Garbage", {std::string("\x16\x03\x01\0\0garbage", 12), kClose}},
        Hostile{"AnotherProtocol", {"220 mail.example ESMTP\r\n\r\n", kClose}},
        Hostile{"Http2", {"HTTP/2 200\r\n\r\n", kClose}},
        Hostile{"StatusOfTwoDigits", {"HTTP/1.1 20\r\n\r\n", kClose}},
        Hostile{"SwitchingProtocols", {"HTTP/1.1 101 Switching Protocols\r\n\r\n", kSilence}},
        Hostile{"OnlyInterim", {"HTTP/1.1 100 Continue\r\n\r\n", kClose}},
        Hostile{"NoBody", {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}},
        Hostile{"NoContent", {"HTTP/1.1 204 No Content\r\n\r\n"}},
        Hostile{"NotModified", {"HTTP/1.1 304 Not Modified\r\nContent-Length: 28\r\n\r\n"}},
        Hostile{"PartialContent", reply(206, R"({"accepted":1,"rejected":[]})")},
        Hostile{"LengthTooLong", {with_length(29, kVerdicts), kSilence}},
        Hostile{"LengthTooLongAndClosed", {with_length(29, kVerdicts), kClose}},
        Hostile{"LengthTooShort", {with_length(27, kVerdicts)}},
        Hostile{"LengthOfMoreThanMemory", {with_length(~std::size_t{0}, kVerdicts), kClose}},
        Hostile{"LengthNegative",
                {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + std::string(kVerdicts), kClose}},
        Hostile{"VerdictsDeeperThanAStack",
                reply(200, R"({"accepted":1,"rejected":)" + std::string(200'000, '[') +
                               std::string(200'000, ']') + "}")},
        Hostile{"ProblemDeeperThanAStack", reply(503, R"({"code":)" + std::string(200'000, '[') +
                                                          std::string(200'000, ']') + "}")},
        Hostile{"BodyCut", {with_length(28, "{\"accepted\":2,"), kClose}},
        Hostile{"BodyCutWithoutLength",
                {"HTTP/1.1 200 OK\r\n\r\n{\"accepted\":2,\"rejected\":[", kClose}},
        Hostile{"ChunkCut", {chunked("1c\r\n{\"accepted\":2"), kClose}},
        Hostile{"ChunkWithoutSize", {chunked("\r\n" + std::string(kVerdicts)), kClose}},
        Hostile{"ChunkOfMoreThanMemory", {chunked("ffffffffffffffff\r\n{"), kClose}},
        Hostile{"ChunksWithoutEnd",
                {chunked("1c\r\n" + std::string(kVerdicts) + "\r\n"), kSilence}},
        Hostile{"Compressed", reply(200, "\x1f\x8b\x08", "Content-Encoding: gzip\r\n")},
        Hostile{"HeadersWithoutEnd",
                {"HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x'), kSilence}},
        Hostile{"StatusLineWithoutEnd", {"HTTP/1.1 200 " + std::string(1 << 20, 'x'), kSilence}},
        Hostile{"BodyWithoutEnd",
                {"HTTP/1.1 200 OK\r\n\r\n" + std::string(kVerdicts) + std::string(1 << 20, ' '),
                 kSilence}},
        Hostile{"VerdictsOfAnotherBatch", reply(200, R"({"accepted":3,"rejected":[]})")},
        Hostile{"LoginPage", reply(200, "<html>Log in</html>", "Content-Type: text/html\r\n")},
        Hostile{"ServerErrorCut", {"HTTP/1.1 503 Later\r\nContent-Length: 9\r\n\r\nx", kClose}}),
    [](const auto& test) { return test.param.name; });

TEST_F(HostileServerTest, AnEarlierAnswerIsNotTakenForTheNextBatchs) {
  // Two answers to the first batch: the second of them would fit the second batch.
  gateway_.answer_in_turn({{with_length(28, kVerdicts) + with_length(28, kVerdicts)}, reply(503)});
  start();
  track(2);
  flush();
  track(2);
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 3, 4, 3, 4));
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 4u);
}

TEST_F(HostileServerTest, ARedirectIsNotFollowedWithTheKey) {
  TestGateway elsewhere(&certificate_);
  const std::string to = "Location: " + elsewhere.endpoint() + "/v1/events\r\n";
  gateway_.answer_in_turn({reply(301, "", to), reply(302, "", to), reply(303, "", to),
                           reply(307, "", to), reply(308, "", to)});
  start();
  track(1);
  flush();
  EXPECT_EQ(gateway_.request_count(), 6u);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(HostileServerTest, NothingIsAcknowledgedBeforeASlowAnswerIsThere) {
  std::atomic<bool> may_answer{false};
  gateway_.answer_with([&may_answer](const ReceivedRequest& request) {
    EXPECT_TRUE(eventually([&may_answer] { return may_answer.load(); }));
    return accept_all(request);
  });
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(0)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(eventually([&] { return gateway_.plain_bytes() > 0; }));
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 2u);
  may_answer = true;
  flush();
  EXPECT_EQ(gateway_.request_count(), 1u);
  EXPECT_EQ(sender_handle_->stats().retries, 0u);
}

TEST_F(HostileServerTest, AKeptConnectionThatTheServerClosedCountsAsNoFailure) {
  start();
  for (std::uint64_t round = 1; round <= 5; ++round) {
    track(1);
    flush();
    gateway_.cut_connections();
  }
  EXPECT_EQ(gateway_.request_count(), 5u);
  EXPECT_EQ(gateway_.connections(), 5);
  EXPECT_EQ(sender_handle_->stats().retries, 0u);
}

TEST_F(HostileServerTest, ANetworkThatComesBackNeedsNoRestart) {
  options_.connect_timeout = milliseconds(250);
  start();
  track(1);
  flush();
  gateway_.stay_silent();
  gateway_.cut_connections();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries_with("timeout"));
  gateway_.speak_again();
  flush();
  EXPECT_THAT(gateway_.received_seqs(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sender_handle_->stats().state, SenderState::kRunning);
  EXPECT_EQ(sender_handle_->stats().message, "");
}

TEST_F(HostileServerTest, AProxyThatWantsAPasswordLosesNothing) {
  proxy_.require("anna", "s3cret");
  options_.proxy = "http://anna:wr0ng@" + proxy_.address();
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries_with("407"));
  EXPECT_THAT(sender_handle_->stats().message, Not(HasSubstr("wr0ng")));
  EXPECT_EQ(sender_handle_->journal().reader().pending(), 2u);
  proxy_.require("anna", "wr0ng");  // its operator gave in
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 2u);
}

TEST_F(HostileServerTest, AProxysRefusalDoesNotStopTheSender) {
  proxy_.answer_connect_with("HTTP/1.1 403 Forbidden\r\n\r\n");
  options_.proxy = proxy_.address();
  start();
  track(2);
  EXPECT_EQ(sender_handle_->flush(milliseconds(1)).code(), StatusCode::kTimeout);
  ASSERT_TRUE(retries_with("403"));
  proxy_.answer_connect_with("");
  flush();
  EXPECT_EQ(sender_handle_->stats().totals.acknowledged, 2u);
}

}  // namespace
}  // namespace penstock::transport::test
