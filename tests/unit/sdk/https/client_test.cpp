// Goal: one exchange with a server over verified TLS, that ends in bounded time and says what went
// wrong, however the other side behaves. Method: real TLS servers in this process, good and bad
// ones.
#include "https/client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock::https {
namespace {

using std::chrono::milliseconds;
using test::CertificateKind;
using test::Reply;
using test::TestCertificate;
using test::TestGateway;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpsClientTest : public ::testing::Test {
 protected:
  static constexpr const char* kKey = "wk_very-secret";

  HttpsClientTest() {
    sigset_t pipe;  // a write that raises it ends the test's process
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
    signal(SIGPIPE, SIG_DFL);
    settings_.endpoint = gateway_.endpoint();
    settings_.authorization = std::string("Bearer ") + kKey;
    settings_.user_agent = "test/1";
    settings_.ca_file = certificate_.ca_file();
  }

  Client& client() {
    if (!client_) {
      auto made = Client::create(settings_, wait_);
      EXPECT_TRUE(made) << made.status().message();
      client_ = *std::move(made);
    }
    return *client_;
  }
  Answer post(const std::string& body = R"({"events":[1]})") {
    return client().send({.path = "/v1/events", .body = body});
  }
  std::string error_of_create() {
    const auto made = Client::create(settings_, wait_);
    EXPECT_EQ(made.status().code(), StatusCode::kInvalidOption);
    return made.status().message();
  }

  test::TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
  TestGateway gateway_{&certificate_};
  Settings settings_;
  SocketWait wait_;
  std::unique_ptr<Client> client_;
};

TEST_F(HttpsClientTest, APostCarriesKeyTypeEncodingAndBody) {
  gateway_.answer_in_turn({test::reply(200, "{}")});
  const Answer answer = client().send({.path = "/v1/events",
                                       .body = "squeezed",
                                       .content_type = "application/json",
                                       .content_encoding = "zstd",
                                       .idempotency_key = "batch-7"});
  EXPECT_EQ(answer.status, 200);
  const auto request = gateway_.requests().at(0);
  EXPECT_EQ(request.start_line, "POST /v1/events HTTP/1.1");
  EXPECT_EQ(request.headers.at("authorization"), std::string("Bearer ") + kKey);
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("content-encoding"), "zstd");
  EXPECT_EQ(request.headers.at("idempotency-key"), "batch-7");
  EXPECT_EQ("https://" + request.headers.at("host"), settings_.endpoint);
  EXPECT_EQ(request.headers.at("user-agent"), "test/1");
  EXPECT_EQ(request.body, "squeezed");
}

TEST_F(HttpsClientTest, StatusHeadersAndBodyComeBack) {
  gateway_.answer_in_turn(
      {test::reply(429, "slow", "Retry-After: 7\r\nContent-Type: application/problem+json\r\n")});
  const Answer answer = post();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, "slow");
  EXPECT_EQ(answer.retry_after, "7");
  EXPECT_EQ(answer.content_type, "application/problem+json");
}

TEST_F(HttpsClientTest, OneConnectionServesManyRequests) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(post().status, 200);
  EXPECT_EQ(gateway_.connections(), 1);
}

TEST_F(HttpsClientTest, AKeptConnectionThatTheGatewayClosedIsReplacedWithoutAnError) {
  const auto then_close = [](const test::ReceivedRequest& request) {
    Reply reply = test::accept_all(request);
    reply.then = Reply::Then::kClose;
    return reply;
  };
  gateway_.answer_with(then_close);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post().status, 200) << i;
  EXPECT_EQ(gateway_.connections(), 5);
}

TEST_F(HttpsClientTest, AChunkedAnswerIsRead) {
  gateway_.answer_in_turn(
      {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}});
  EXPECT_EQ(post().body, "abcde");
}

TEST_F(HttpsClientTest, RedirectsAreNotFollowed) {
  TestGateway elsewhere(&certificate_);
  gateway_.answer_in_turn(
      {test::reply(307, "", "Location: " + elsewhere.endpoint() + "/v1/events\r\n")});
  EXPECT_EQ(post().status, 307);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(HttpsClientTest, AnAnswerThatEndsHalfWayIsNone) {
  gateway_.answer_in_turn(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Reply::Then::kClose}});
  const Answer answer = post();
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, HasSubstr("closed the connection before the whole answer"));
}

TEST_F(HttpsClientTest, ABodyAtTheLimitIsReadAndOneBeyondItIsNot) {
  gateway_.answer_in_turn({test::reply(200, std::string(kAnswerBodyBytesMax, 'x')),
                           test::reply(200, std::string(kAnswerBodyBytesMax + 1, 'x'))});
  EXPECT_EQ(post().body.size(), kAnswerBodyBytesMax);
  const Answer answer = post();
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, HasSubstr("longer than"));
}

TEST_F(HttpsClientTest, ALengthThatNoMemoryHoldsIsNotBelieved) {
  gateway_.answer_in_turn(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx", Reply::Then::kClose}});
  EXPECT_EQ(post().status, 0);
}

TEST_F(HttpsClientTest, AServerThatNeverAnswersTimesOut) {
  settings_.request_timeout = milliseconds(50);
  gateway_.answer_with([](const auto&) { return test::never_answer(); });
  EXPECT_THAT(post().error, HasSubstr("timeout"));
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(HttpsClientTest, AServerThatNeverShakesHandsTimesOut) {
  settings_.connect_timeout = milliseconds(50);
  gateway_.stay_silent();
  EXPECT_THAT(post().error, AllOf(HasSubstr("timeout"), HasSubstr("TLS handshake")));
}

TEST_F(HttpsClientTest, TheTimeoutIsForAllBytesTogether) {
  settings_.request_timeout = milliseconds(300);
  // Each byte comes well within the timeout, and there is no end of them.
  gateway_.drip("HTTP/1.1 200 OK\r\nX: ", milliseconds(10));
  EXPECT_THAT(post().error, HasSubstr("timeout"));
}

TEST_F(HttpsClientTest, CancelEndsAWaitForAnAnswer) {
  gateway_.answer_with([](const auto&) { return test::never_answer(); });
  std::thread canceller([this] {
    EXPECT_TRUE(test::eventually([this] { return gateway_.request_count() == 1; }));
    wait_.cancel();
  });
  const Answer answer = post();
  canceller.join();
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, HasSubstr("closing"));
}

TEST_F(HttpsClientTest, CancelEndsAWaitForAHandshake) {
  gateway_.stay_silent();
  std::thread canceller([this] {
    EXPECT_TRUE(test::eventually([this] { return gateway_.connections() == 1; }));
    wait_.cancel();
  });
  const Answer answer = post();
  canceller.join();
  EXPECT_EQ(answer.status, 0);
}

TEST_F(HttpsClientTest, DutiesGoOnWhileAServerKeepsUsWaiting) {
  settings_.request_timeout = milliseconds(10'000);
  gateway_.answer_with([](const auto&) { return test::never_answer(); });
  struct CancelAtTwenty final : WhileWaiting {
    explicit CancelAtTwenty(SocketWait& wait) : wait_(wait) {}
    Clock::time_point while_waiting() noexcept override {
      if (++calls_ == 20) wait_.cancel();
      return Clock::now() + milliseconds(1);
    }
    SocketWait& wait_;
    int calls_ = 0;
  } duty(wait_);
  EXPECT_THAT(client().send({.path = "/v1/events", .body = "{}"}, &duty).error,
              HasSubstr("closing"));
  EXPECT_EQ(duty.calls_, 20);
}

TEST_F(HttpsClientTest, ABrokenConnectionRaisesNoSignal) {
  // Larger than the socket's buffers, so that the write goes on after the server has closed.
  gateway_.close_after_head();
  EXPECT_EQ(post(std::string(32 * 1024 * 1024, 'x')).status, 0);
}

TEST_F(HttpsClientTest, AnAnswerThatComesBeforeTheWholeRequestIsReadUnlessItIsASuccess) {
  gateway_.answer_after_head(test::reply(413).bytes);
  EXPECT_EQ(post(std::string(32 << 20, 'x')).status, 413);
  gateway_.answer_after_head(test::reply(200, R"({"accepted":1,"rejected":[]})").bytes);
  const Answer answer = post(std::string(32 << 20, 'x'));
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, HasSubstr("before it had the whole request"));
}

TEST_F(HttpsClientTest, InterimAnswersArePassedOver) {
  gateway_.answer_in_turn(
      {{"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        "HTTP/1.1 103\r\nLink: </a>\r\n\r\n" +
        test::reply(200, "true").bytes}});
  EXPECT_EQ(post().body, "true");
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(gateway_.connections(), 1);
}

TEST_F(HttpsClientTest, ManyOpenDescriptorsDoNotKeepAConnectionFromBeingKept) {
  std::vector<int> held;
  for (int fd = 0; fd < 1024 && fd >= 0; held.push_back(fd)) fd = dup(0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(post().status, 200);
  EXPECT_EQ(gateway_.connections(), 1);
  for (const int fd : held) close(fd);
}

TEST_F(HttpsClientTest, TheHostsSignalsInterruptNothing) {
  struct sigaction handler{};
  handler.sa_handler = [](int) {};  // without SA_RESTART
  struct sigaction before{};
  sigaction(SIGUSR2, &handler, &before);
  std::atomic<bool> done{false};
  std::thread storm([&done, target = pthread_self()] {
    while (!done) {
      pthread_kill(target, SIGUSR2);
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 8; ++i) {
    client_.reset();  // connects anew
    EXPECT_EQ(post(R"({"events":[")" + std::string(1 << 20, 'x') + R"("]})").status, 200);
  }
  done = true;
  storm.join();
  sigaction(SIGUSR2, &before, nullptr);
}

// --- Errors that a person must understand -------------------------------------------------------

TEST_F(HttpsClientTest, ARefusedConnectionSaysSo) {
  settings_.endpoint = "https://localhost:" + std::to_string(test::free_port());
  EXPECT_THAT(post().error, AllOf(HasSubstr("cannot connect to localhost:"), HasSubstr("refused")));
}

TEST_F(HttpsClientTest, AnUnknownNameSaysSo) {
  settings_.endpoint = "https://no-such-host.invalid";
  EXPECT_THAT(post().error,
              AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("cannot be resolved")));
}

TEST_F(HttpsClientTest, AServerWithoutTlsSaysSo) {
  TestGateway plain(nullptr);
  settings_.endpoint = "https" + plain.endpoint().substr(4);
  settings_.connect_timeout = milliseconds(200);
  EXPECT_THAT(post().error, HasSubstr("TLS handshake"));
  EXPECT_EQ(plain.request_count(), 0u);
}

// --- Certificates -------------------------------------------------------------------------------

class HttpsCertificateTest : public HttpsClientTest {
 protected:
  // Posts to a server with such a certificate, and sees that it got no byte of the request.
  std::string error_with(CertificateKind kind) {
    const auto folder = directory_ / "other";
    std::filesystem::create_directories(folder);
    const TestCertificate certificate(folder, kind);
    TestGateway gateway(&certificate);
    settings_.endpoint = gateway.endpoint();
    settings_.ca_file = certificate.ca_file();
    const Answer answer = post();
    EXPECT_EQ(answer.status, 0);
    EXPECT_EQ(gateway.plain_bytes(), 0u);
    EXPECT_THAT(answer.error, Not(HasSubstr(kKey)));
    return answer.error;
  }
};

TEST_F(HttpsCertificateTest, AnExpiredOneIsRefused) {
  EXPECT_THAT(error_with(CertificateKind::kExpired), HasSubstr("expired"));
}

// As a server of plain HTTP answers what it does not understand.
TEST_F(HttpsClientTest, APortWithoutTlsIsToldAsOne) {
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(listening, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(listening, any, size), 0);
  ASSERT_EQ(listen(listening, 1), 0);
  ASSERT_EQ(getsockname(listening, any, &size), 0);
  std::thread server([listening] {
    const int client = accept(listening, nullptr, nullptr);
    ASSERT_GE(client, 0);
    char hello[4096];
    EXPECT_GT(recv(client, hello, sizeof hello, 0), 0);
    constexpr std::string_view kRefusal = "HTTP/1.1 400 Bad Request\r\n\r\n";
    EXPECT_GT(send(client, kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL), 0);
    while (recv(client, hello, sizeof hello, 0) > 0) {
    }
    close(client);
  });
  settings_.endpoint = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const auto answer = post();
  server.join();
  close(listening);
  EXPECT_THAT(answer.error, HasSubstr("that port speaks no TLS, give one that does"));
}

TEST_F(HttpsCertificateTest, OneForAnotherHostIsRefused) {
  EXPECT_THAT(error_with(CertificateKind::kWrongHost), HasSubstr("ostname mismatch"));
}

// An authority's name constraints hold for alternative names only.
TEST_F(HttpsCertificateTest, ANameInTheSubjectAloneIsNoName) {
  EXPECT_THAT(error_with(CertificateKind::kNameInSubject), HasSubstr("ostname mismatch"));
}

TEST_F(HttpsCertificateTest, OneOfAnUnknownAuthorityIsRefused) {
  const auto folder = directory_ / "stranger";
  std::filesystem::create_directories(folder);
  settings_.ca_file = TestCertificate(folder).ca_file();
  const Answer answer = post();
  EXPECT_THAT(answer.error, AllOf(HasSubstr("not trusted"), HasSubstr("ca_file")));
  EXPECT_EQ(gateway_.plain_bytes(), 0u);
}

TEST_F(HttpsCertificateTest, TheSystemsAuthoritiesDoNotKnowATestAuthority) {
  settings_.ca_file.clear();
  EXPECT_THAT(post().error, HasSubstr("not trusted"));
  EXPECT_EQ(gateway_.plain_bytes(), 0u);
}

TEST_F(HttpsCertificateTest, AnAddressInTheCertificateIsAccepted) {
  settings_.endpoint = gateway_.endpoint("127.0.0.1");
  EXPECT_EQ(post().status, 200);
}

TEST_F(HttpsCertificateTest, VerificationCanBeSwitchedOff) {
  settings_.ca_file.clear();
  settings_.dangerously_disable_tls_verification = true;
  EXPECT_EQ(post().status, 200);
}

TEST_F(HttpsCertificateTest, OldTlsIsRefused) {
  gateway_.speak_at_most(TLS1_1_VERSION);
  EXPECT_THAT(post().error, HasSubstr("TLS handshake"));
  EXPECT_EQ(gateway_.plain_bytes(), 0u);
}

TEST_F(HttpsCertificateTest, PlainHttpWorksWhereItIsAskedFor) {
  TestGateway plain(nullptr);
  settings_.endpoint = plain.endpoint();
  EXPECT_EQ(post().status, 200);
}

TEST_F(HttpsCertificateTest, AMissingCaFileIsNamed) {
  settings_.ca_file = directory_ / "missing.pem";
  EXPECT_THAT(error_of_create(),
              AllOf(HasSubstr("ca_file"), HasSubstr("missing.pem"), HasSubstr("No such file")));
}

TEST_F(HttpsCertificateTest, ACaFileThatIsNoneIsNamed) {
  settings_.ca_file = directory_ / "text.pem";
  std::ofstream(settings_.ca_file) << "hello";
  EXPECT_THAT(error_of_create(), AllOf(HasSubstr("text.pem"), HasSubstr("PEM")));
}

}  // namespace
}  // namespace penstock::https
