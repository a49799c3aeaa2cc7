// Goal: each request on a connection gets its answer, in order, and what a client does wrong costs
// it an answer or its connection and nobody else anything. Method: a real server with a handler of
// the test's own, and a client that sends bytes as it likes.
#include "http/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "http_fixture.hpp"
#include "support/eventually.hpp"

namespace penstock::gateway {
namespace {

using std::chrono::milliseconds;
using test::Client;
using test::post;
using test::post_chunked;
using test::post_head;
using test::Response;
using test::Server;

constexpr const char* kRefuse = "X-Correlation-Id: refuse\r\n";
constexpr const char* kExpect = "Expect: 100-continue\r\n";

class ConnectionTest : public ::testing::Test {
 protected:
  Client connect() { return Client(server_.listener.port()); }

  Server server_;
};

TEST_F(ConnectionTest, RequestsAfterEachOtherShareAConnection) {
  Client client = connect();
  for (const std::string body : {"one", "two", "", "three"}) {
    const auto response = client.ask(post(body));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, body);
    EXPECT_EQ(response.header("connection"), "");
  }
}

TEST_F(ConnectionTest, RequestsSentAheadAreAnsweredInOrder) {
  Client client = connect();
  client.send(post("one") + post_chunked("3\r\ntwo\r\n0\r\n\r\n") + post("three") + "\r\n" +
              post_chunked("4\r\nfour\r\n0\r\n\r\n") + post("five"));
  for (const char* body : {"one", "two", "three", "four", "five"})
    EXPECT_EQ(client.receive().body, body);
}

TEST_F(ConnectionTest, ManyRequestsSentAheadAllPass) {
  Client client = connect();
  std::string all;
  for (int i = 0; i < 500; ++i) all += post("request " + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.receive().body, "request " + std::to_string(i));
}

TEST_F(ConnectionTest, ARequestMayComeByteByByte) {
  for (const auto& request : {post("hello"), post_chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")}) {
    Client client = connect();
    for (const char byte : request) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_EQ(client.receive().body, "hello");
    EXPECT_EQ(client.ask(post("next")).body, "next");
  }
}

TEST_F(ConnectionTest, AClientThatAsksForItIsClosed) {
  Client client = connect();
  const auto response = client.ask(post("last", "Connection: close\r\n"));
  EXPECT_EQ(response.body, "last");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(ConnectionTest, Http10GetsItsAnswerAndTheEnd) {
  Client client = connect();
  EXPECT_EQ(client.ask("POST /v1/events HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi").body, "hi");
  EXPECT_TRUE(client.closed());
}

TEST_F(ConnectionTest, OtherPathsAndMethodsAreRefusedAndTheConnectionGoesOn) {
  Client client = connect();
  const auto ask = [&](const std::string& line) {
    return client.ask(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
  };
  EXPECT_EQ(ask("POST /").status, 404);
  EXPECT_EQ(ask("POST /v1/events/").status, 404);
  EXPECT_EQ(ask("POST /v1/EVENTS").status, 404);
  const auto get = ask("GET /v1/events");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.header("allow"), "POST");
  EXPECT_EQ(ask("POST /v1/events?a=b").status, 200);
  EXPECT_EQ(server_.handler.handled(), 1U);
}

TEST_F(ConnectionTest, TheAnswerToHeadDoesNotHideTheNextOne) {
  Client client = connect();
  client.send("HEAD /v1/events HTTP/1.1\r\nHost: x\r\n\r\n" + post("next"));
  const auto head = client.receive_head();
  EXPECT_EQ(head.status, 405);
  EXPECT_NE(head.header("content-length"), "0");
  EXPECT_EQ(client.receive().body, "next");
}

TEST_F(ConnectionTest, WhatIsNoHttpIsAnsweredWith400AndTheEnd) {
  for (const std::string bytes :
       {"hello\r\n\r\n", "POST /v1/events HTTP/1.1\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nab",
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    Client client = connect();
    const auto response = client.ask(bytes + post("smuggled"));
    EXPECT_EQ(response.status, 400) << bytes;
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(server_.handler.handled(), 0U);
}

TEST_F(ConnectionTest, ABrokenChunkEndsTheConnectionWithItsAnswer) {
  Client client = connect();
  const auto response = client.ask(post_chunked("5\r\nhello!\r\n0\r\n\r\n") + post("smuggled"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "bad_chunk");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server_.handler.handled(), 1U);
}

TEST_F(ConnectionTest, ATrailerChangesNothing) {
  Client client = connect();
  client.send(
      post_chunked("2\r\nhi\r\n0\r\nContent-Length: 99\r\nX-Correlation-Id: throw\r\n\r\n"));
  EXPECT_EQ(client.receive().body, "hi");
  EXPECT_EQ(client.ask(post("next")).body, "next");
}

TEST_F(ConnectionTest, AHandlerThatThrowsEndsItsConnectionAlone) {
  Client client = connect();
  Client other = connect();
  client.send(post("x", "X-Correlation-Id: throw\r\n"));
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(other.ask(post("y")).body, "y");
}

TEST_F(ConnectionTest, AClientThatGoesAwayAnywhereIsNoHarm) {
  const std::string request = post("hello");
  for (std::size_t cut = 0; cut <= request.size(); ++cut) {
    Client client = connect();
    client.send(std::string_view(request).substr(0, cut));
    cut % 2 == 0 ? client.reset() : client.end_sending();
  }
  EXPECT_EQ(connect().ask(post("still here")).body, "still here");
}

TEST_F(ConnectionTest, AClientThatEndsBeforeItsBodyDoesIsToldSo) {
  Client client = connect();
  client.send(post_head(10) + "12345");
  client.end_sending();
  EXPECT_EQ(client.receive().body, "incomplete_body");
}

// --- Expect: 100-continue -----------------------------------------------------------------------

TEST_F(ConnectionTest, AClientThatWaitsIsToldToGoOnWhenItsBodyIsWanted) {
  Client client = connect();
  EXPECT_EQ(client.ask(post_head(5, kExpect)).status, 100);
  EXPECT_EQ(client.ask("hello").body, "hello");
  EXPECT_EQ(client.ask(post("next")).body, "next");
}

TEST_F(ConnectionTest, AClientThatWaitsIsNotAskedForABodyThatIsRefused) {
  Client client = connect();
  const auto response = client.ask(post_head(5, std::string(kExpect) + kRefuse));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(ConnectionTest, AClientThatDidNotWaitIsNotTold) {
  Client client = connect();
  EXPECT_EQ(client.ask(post("hello", kExpect)).status, 200);
}

// --- Refused with the body unread ---------------------------------------------------------------

TEST_F(ConnectionTest, ASmallBodyThatNobodyReadsIsSkipped) {
  Client client = connect();
  const std::string body(64 * 1024, 'x');
  EXPECT_EQ(client.ask(post(body, kRefuse)).status, 401);
  EXPECT_EQ(client.ask(post("next")).body, "next");
}

TEST_F(ConnectionTest, ALargeBodyThatNobodyReadsEndsTheConnection) {
  Client client = connect();
  const std::string body(64 * 1024 + 1, 'x');
  const auto response = client.ask(post(body, kRefuse));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(ConnectionTest, AClientThatSendsAMegabyteFirstStillReadsItsRefusal) {
  server_.handler.body_bytes_max = 1000;
  for (int i = 0; i < 20; ++i) {  // a reset would win only sometimes
    Client client = connect();
    ASSERT_TRUE(client.send(post(std::string(4'000'000, 'x'))));
    EXPECT_EQ(client.receive().status, 413);
  }
}

// --- Limits -------------------------------------------------------------------------------------

TEST_F(ConnectionTest, ABodyMayBeAsLargeAsTheHandlerAllows) {
  server_.handler.body_bytes_max = 50'000;
  for (const std::size_t size : {49'999U, 50'000U, 50'001U}) {
    const int expected = size <= 50'000 ? 200 : 413;
    const std::string body(size, 'x');
    EXPECT_EQ(connect().ask(post(body)).status, expected) << size;
    char hex[16];
    std::snprintf(hex, sizeof hex, "%zx\r\n", size);
    EXPECT_EQ(connect().ask(post_chunked(hex + body + "\r\n0\r\n\r\n")).status, expected) << size;
  }
}

TEST_F(ConnectionTest, AnAnnouncedLengthCostsNoMemoryBeyondTheLimit) {
  const auto response = connect().ask(post_head(std::size_t{1} << 62));
  EXPECT_EQ(response.status, 413);
}

TEST(ConnectionLimitTest, AHeadMayBeAsLargeAsTheSettingSays) {
  constexpr std::size_t kLimit = 2000;
  Server server({.header_bytes = kLimit});
  for (const std::size_t size : {kLimit - 1, kLimit, kLimit + 1, 10 * kLimit}) {
    std::string head = post_head(0, "X: ");
    head.insert(head.size() - 2, std::string(size - head.size() - 2, 'x') + "\r\n");
    ASSERT_EQ(head.size(), size);
    const auto response = Client(server.listener.port()).ask(head);
    EXPECT_EQ(response.status, size <= kLimit ? 200 : 431) << size;
  }
}

TEST(ConnectionLimitTest, AHeadLargerThanTheFirstBufferPasses) {
  Server server;
  Client client(server.listener.port());
  const std::string header = "X: " + std::string(12'000, 'x') + "\r\n";
  EXPECT_EQ(client.ask(post("large head", header)).body, "large head");
  EXPECT_EQ(client.ask(post("small head")).body, "small head");
}

// --- Timeouts -----------------------------------------------------------------------------------

// Sends a byte now and then, until something comes back or the connection ends.
Response trickle(Client& client, char byte) {
  while (!client.readable_soon())
    if (!client.send({&byte, 1})) break;
  return client.receive();
}

TEST(ConnectionTimeoutTest, AHeadThatNeverEndsIsAnsweredWith408) {
  Server server({.header_timeout = milliseconds(40)});
  Client client(server.listener.port());
  client.send("POST /v1/events HTTP/1.1\r\nX: ");
  EXPECT_EQ(trickle(client, 'x').status, 408);
  EXPECT_TRUE(client.closed());
}

TEST(ConnectionTimeoutTest, ABodyThatOnlyTricklesIsAnsweredWith408) {
  Server server({.body_timeout = milliseconds(40)});
  for (const auto& request : {post_head(1'000'000), post_chunked("fffff\r\n")}) {
    Client client(server.listener.port());
    client.send(request);
    const auto response = trickle(client, 'x');
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, "body_timeout");
    EXPECT_TRUE(client.closed());
  }
}

TEST(ConnectionTimeoutTest, AConnectionThatSaysNothingIsEndedWithoutAWord) {
  Server server({.header_timeout = milliseconds(20), .idle_timeout = milliseconds(10'000)});
  Client client(server.listener.port());
  EXPECT_EQ(client.receive().status, 0);
  EXPECT_TRUE(client.closed());
}

TEST(ConnectionTimeoutTest, AConnectionThatIsIdleForTooLongIsEndedWithoutAWord) {
  Server server({.idle_timeout = milliseconds(20)});
  Client client(server.listener.port());
  EXPECT_EQ(client.ask(post("x")).status, 200);
  EXPECT_EQ(client.receive().status, 0);
  EXPECT_TRUE(client.closed());
}

TEST(ConnectionTimeoutTest, AClientThatDoesNotTakeItsAnswerIsEnded) {
  Server server({.body_timeout = milliseconds(300), .linger_timeout = milliseconds(20)});
  server.handler.body_bytes_max = 32 << 20;
  Client client(server.listener.port());
  const std::string body(std::size_t{16} << 20, 'x');  // more than the kernel's buffers hold
  client.send(post(body));
  while (server.listener.connections() > 0) client.readable_soon();
  EXPECT_EQ(client.receive().status, 0) << "the answer was cut";
}

TEST(ConnectionTimeoutTest, ARequestThatIsNeverAnsweredIsCut) {
  Server server({.request_timeout = milliseconds(30)});
  Client client(server.listener.port());
  client.send(post("x", "X-Correlation-Id: hold\r\n"));
  server.handler.wait_until_held(1);
  EXPECT_TRUE(client.closed());
  server.handler.release();
}

TEST(ConnectionTimeoutTest, LingeringEndsAlsoIfTheClientNeverDoes) {
  Server server({.linger_timeout = milliseconds(30)});
  Client client(server.listener.port());
  client.ask(post("x", "Connection: close\r\n"));
  while (server.listener.connections() > 0) client.send("x");
}

TEST(ConnectionIdleTest, AConnectionThatHasOnlyBeenRefusedIsNotKeptAsLongAsOneThatWasServed) {
  Server server({.idle_timeout = milliseconds(60'000), .refused_idle_timeout = milliseconds(50)});
  Client refused(server.listener.port());
  EXPECT_EQ(refused.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
  Client served(server.listener.port());
  EXPECT_EQ(served.ask(post("once")).status, 200);
  EXPECT_EQ(served.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
  EXPECT_TRUE(refused.closed());
  EXPECT_EQ(served.ask(post("again")).status, 200);
}

TEST(ConnectionMemoryTest, ABodyThatComesTooSlowlyEndsLongBeforeItsTimeout) {
  Server server({.body_timeout = milliseconds(60'000),
                 .body_rate_min = 1000,
                 .body_grace = milliseconds(50)});
  for (const auto& request : {post_head(1000) + "slow", post_chunked("4\r\nslow\r\n")}) {
    Client client(server.listener.port());
    const auto response = client.ask(request);
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, "body_timeout");
    EXPECT_TRUE(client.closed());
  }
}

TEST(ConnectionMemoryTest, BodiesThatAreOnlyAnnouncedHoldNextToNothing) {
  Server server;
  constexpr std::size_t kClients = 20;
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<Client>(server.listener.port()));
    clients.back()->send(i % 2 == 0 ? post_head(1 << 20) + "a" : post_chunked("1\r\na\r\n"));
  }
  ASSERT_TRUE(penstock::test::eventually([&] { return server.handler.handled() == kClients; }));
  EXPECT_LE(server.handler.memory.in_use(), kClients * 48 * 1024);
  clients.clear();
  EXPECT_TRUE(penstock::test::eventually([&] { return server.handler.memory.in_use() == 0; }));
}

// The one that does not fit now may come again; the one that never fits must not.
TEST(ConnectionMemoryTest, ABodyThatFindsNoMemoryIsRefusedAndTheNextOneIsTaken) {
  Server server;
  MemoryLease others(server.handler.memory, nullptr, nullptr);
  ASSERT_TRUE(others.grow(server.handler.memory.capacity() - 100'000));
  for (const auto& request :
       {post(std::string(500'000, 'x')), post_chunked("7A120\r\n" + std::string(500'000, 'x'))}) {
    Client client(server.listener.port());
    client.send(request);
    const auto response = client.receive();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.body, "overloaded");
  }
  others = MemoryLease();
  Client client(server.listener.port());
  EXPECT_EQ(client.ask(post(std::string(500'000, 'x'))).status, 200);
}

TEST(ConnectionMemoryTest, ALargeHeadIsOnLeaseUntilItIsAnswered) {
  Server server;
  Client client(server.listener.port());
  const std::string large = "X-Large: " + std::string(12'000, 'x') + "\r\n";
  client.send(post("", large + "X-Correlation-Id: hold\r\n"));
  server.handler.wait_until_held(1);
  EXPECT_GE(server.handler.memory.in_use(), 8'000U);
  server.handler.release();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.ask(post("next")).status, 200);
  EXPECT_EQ(server.handler.memory.in_use(), 0U);
}

TEST(ConnectionMemoryTest, AHeadThatFindsNoMemoryIsRefused) {
  Server server;
  MemoryLease others(server.handler.memory, nullptr, nullptr);
  ASSERT_TRUE(others.grow(server.handler.memory.capacity()));
  Client client(server.listener.port());
  const auto response = client.ask(post("", "X-Large: " + std::string(12'000, 'x') + "\r\n"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "overloaded");
}

}  // namespace
}  // namespace penstock::gateway
