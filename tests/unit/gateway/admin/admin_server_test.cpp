// Goal: operators get health, metrics and version, whatever else comes to the port, and the server
// ends when it is told to. Method: a blocking client over a real loopback socket, on a free port.
#include "admin/admin_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <vector>

namespace penstock::gateway {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;
using ::testing::HasSubstr;

class AdminServerTest : public ::testing::Test {
 protected:
  AdminSources sources() {
    return {[this] { return Readiness{alive_, alive_ ? "alive" : "a loop stands still"}; },
            [this] { return Readiness{ready_, ready_ ? "ready" : "Kafka is away"}; },
            [] { return std::string("a_metric 1\n"); },
            [] { return std::string(R"({"version":"1.2.3"})"); }};
  }

  tcp::socket connect() {
    tcp::socket socket(context_);
    socket.connect({net::ip::make_address("127.0.0.1"), server_.port()});
    return socket;
  }

  using Response = http::response<http::string_body>;
  static Response ask_on(tcp::socket& socket, http::verb verb, const char* target) {
    http::request<http::empty_body> request(verb, target, 11);
    request.set(http::field::host, "localhost");
    http::write(socket, request);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(verb == http::verb::head);
    http::read(socket, buffer, parser);
    return parser.release();
  }
  Response ask(const char* target, http::verb verb = http::verb::get) {
    auto socket = connect();
    return ask_on(socket, verb, target);
  }

  // What comes back for these bytes until the server closes.
  std::string raw(const std::string& bytes) {
    auto socket = connect();
    boost::system::error_code ignored;
    net::write(socket, net::buffer(bytes), ignored);
    std::string answer;
    net::read(socket, net::dynamic_buffer(answer), ignored);
    return answer;
  }

  std::atomic<bool> alive_{true};
  std::atomic<bool> ready_{true};
  net::io_context context_;
  AdminServer server_{{.port = 0, .connections_max = 2}, sources()};
};

TEST_F(AdminServerTest, HealthIsThatTheGatewayWorksWhateverKafkaDoes) {
  ready_ = false;
  EXPECT_EQ(ask("/healthz").result_int(), 200U);
  EXPECT_EQ(ask("/healthz").body(), "alive\n");
  alive_ = false;
  EXPECT_EQ(ask("/healthz").result_int(), 503U);
  EXPECT_EQ(ask("/healthz").body(), "a loop stands still\n");
}

TEST_F(AdminServerTest, ReadinessFollowsItsSourceAndSaysWhy) {
  EXPECT_EQ(ask("/readyz").result_int(), 200U);
  ready_ = false;
  const auto response = ask("/readyz");
  EXPECT_EQ(response.result_int(), 503U);
  EXPECT_EQ(response.body(), "Kafka is away\n");
  ready_ = true;
  EXPECT_EQ(ask("/readyz").result_int(), 200U);
}

TEST_F(AdminServerTest, MetricsAndVersionComeFromTheirSources) {
  EXPECT_EQ(ask("/metrics").body(), "a_metric 1\n");
  EXPECT_EQ(ask("/version?pretty").body(), R"({"version":"1.2.3"})");
  EXPECT_EQ(ask("/version")[http::field::content_type], "application/json");
}

TEST_F(AdminServerTest, HeadHasTheLengthWithoutTheBody) {
  const auto response = ask("/healthz", http::verb::head);
  EXPECT_EQ(response.result_int(), 200U);
  EXPECT_EQ(response[http::field::content_length], "6");
  EXPECT_EQ(response.body(), "");
}

TEST_F(AdminServerTest, AnotherPathIs404AsAProblem) {
  for (const char* path : {"/", "/healthz/", "/v1/events", "/../etc/passwd"}) {
    const auto response = ask(path);
    EXPECT_EQ(response.result_int(), 404U) << path;
    EXPECT_EQ(response[http::field::content_type], "application/problem+json");
  }
}

TEST_F(AdminServerTest, AnotherMethodIs405) {
  const auto response = ask("/healthz", http::verb::delete_);
  EXPECT_EQ(response.result_int(), 405U);
  EXPECT_EQ(response[http::field::allow], "GET, HEAD");
}

TEST_F(AdminServerTest, OneConnectionCanAskAgain) {
  auto socket = connect();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask_on(socket, http::verb::get, "/healthz").result_int(), 200U);
}

TEST_F(AdminServerTest, WhatIsNoRequestOrTooLargeIsCutOff) {
  EXPECT_EQ(raw("\x16\x03\x01 this is TLS\r\n\r\n"), "");
  EXPECT_EQ(raw("GET /healthz HTTP/1.1\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(raw("POST /healthz HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"), "");
  EXPECT_EQ(ask("/healthz").result_int(), 200U);
}

TEST_F(AdminServerTest, MoreConnectionsThanItServesAreServedAfterEachOther) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask("/healthz").result_int(), 200U) << i;
}

TEST_F(AdminServerTest, HalfSentRequestsDelayNoProbe) {
  AdminServer patient(
      {.port = 0, .connections_max = 2, .timeout = std::chrono::minutes(1), .hosts = {}},
      sources());
  std::vector<tcp::socket> half_sent;
  for (int i = 0; i < 10; ++i) {
    half_sent.emplace_back(context_).connect({net::ip::make_address("127.0.0.1"), patient.port()});
    net::write(half_sent.back(), net::buffer(std::string("GET /readyz HTTP/1.1\r\n")));
  }
  tcp::socket probe(context_);
  probe.connect({net::ip::make_address("127.0.0.1"), patient.port()});
  EXPECT_EQ(ask_on(probe, http::verb::get, "/readyz").result_int(), 200U);
}

// Otherwise a web page whose name points here could read them by its visitor's browser.
TEST_F(AdminServerTest, OnlyHostsThatAreKnownAreAnswered) {
  AdminServer server({.port = 0, .hosts = {"gateway.internal"}}, sources());
  const auto status = [&](const std::string& host) {
    tcp::socket socket(context_);
    socket.connect({net::ip::make_address("127.0.0.1"), server.port()});
    net::write(socket, net::buffer("GET /metrics HTTP/1.1\r\n" + host + "\r\n"));
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(socket, buffer, response);
    return response.result_int();
  };
  for (const char* host : {"", "Host: localhost\r\n", "Host: LOCALHOST:9464\r\n",
                           "Host: 10.1.2.3\r\n", "Host: 10.1.2.3:9464\r\n", "Host: [::1]:9464\r\n",
                           "Host: [fe80::1]\r\n", "Host: Gateway.Internal:80\r\n"})
    EXPECT_EQ(status(host), 200U) << host;
  for (const char* host : {"Host: evil.example\r\n", "Host: evil.example:9464\r\n",
                           "Host: localhost.evil.example\r\n", "Host: 127.0.0.1.evil.example\r\n",
                           "Host: [evil.example]\r\n", "Host: [\r\n", "Host: :\r\n"})
    EXPECT_EQ(status(host), 421U) << host;
}

TEST_F(AdminServerTest, APortThatIsTakenIsNamed) {
  const std::string where = "127.0.0.1:" + std::to_string(server_.port());
  try {
    AdminServer second({.port = server_.port()}, sources());
    FAIL() << "listened twice on " << where;
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("admin: cannot listen on " + where));
  }
}

TEST(AdminServerTimeoutTest, AClientThatSaysNothingIsCutOff) {
  const AdminServer server({.port = 0, .timeout = std::chrono::milliseconds(20)}, {});
  net::io_context context;
  tcp::socket socket(context);
  socket.connect({net::ip::make_address("127.0.0.1"), server.port()});
  char byte;
  boost::system::error_code error;
  EXPECT_EQ(socket.read_some(net::buffer(&byte, 1), error), 0U);
  EXPECT_TRUE(error);
}

TEST(AdminServerEndTest, OpenConnectionsDoNotKeepItFromEnding) {
  net::io_context context;
  tcp::socket socket(context);
  {
    const AdminServer server({.port = 0}, {});
    socket.connect({net::ip::make_address("127.0.0.1"), server.port()});
  }
  char byte;
  boost::system::error_code error;
  EXPECT_EQ(socket.read_some(net::buffer(&byte, 1), error), 0U);
  EXPECT_TRUE(error);
}

}  // namespace
}  // namespace penstock::gateway
