// Goal: connections are spread, bounded, and taken down without losing an answer. Method: a real
// server on a free port.
#include "http/listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "http/connection_age.hpp"
#include "http_fixture.hpp"

namespace penstock::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Client;
using test::post;
using test::ScriptedHandler;
using test::Server;
using ::testing::HasSubstr;

constexpr const char* kHold = "X-Correlation-Id: hold\r\n";

TEST(ListenerTest, APortThatIsTakenIsNamed) {
  const Server first;
  ScriptedHandler handler;
  const auto port = first.listener.port();
  try {
    const Listener second({.port = port}, {}, nullptr, handler, handler.memory);
    FAIL() << "listened twice";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(port)));
  }
}

TEST(ListenerTest, AnAddressThatIsNoneIsNamed) {
  ScriptedHandler handler;
  try {
    const Listener listener({.address = "localhost", .port = 0}, {}, nullptr, handler,
                            handler.memory);
    FAIL() << "listened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on localhost:0"));
  }
}

TEST(ListenerTest, ManyClientsAtOnceAreServedByAllThreads) {
  Server server({}, 4);
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      Client client(server.listener.port());
      for (int n = 0; n < 50; ++n) {
        const auto body = std::to_string(i) + "/" + std::to_string(n);
        if (client.ask(post(body)).body == body) ++right;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 400);
}

TEST(ListenerTest, EachConnectionIsReportedOnce) {
  ScriptedHandler handler;
  std::atomic<int> reported{0};
  Listener listener({.port = 0, .threads = 2}, {}, nullptr, handler, handler.memory,
                    {.opened = [&] { ++reported; }});
  listener.start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Client(listener.port()).ask(post("x")).status, 200);
  EXPECT_EQ(reported, 5);
}

TEST(ListenerTest, OneConnectionTooManyWaitsUntilAnotherEnds) {
  Server server({.connections_max = 2, .room_wait = std::chrono::minutes(1)});
  Client first(server.listener.port());
  Client second(server.listener.port());
  EXPECT_EQ(first.ask(post("1")).status, 200);
  EXPECT_EQ(second.ask(post("2")).status, 200);
  Client third(server.listener.port());
  third.send(post("3"));
  EXPECT_FALSE(third.readable_soon());
  EXPECT_EQ(server.listener.connections(), 2U);
  second.end_sending();
  EXPECT_EQ(third.receive().body, "3");
}

// Those that have begun a request long ago, or were idle; never one whose request is being handled.
TEST(ListenerTest, ConnectionsThatWaitLongestMakeRoomForNewOnes) {
  constexpr std::size_t kMost = 8;
  Server server({.connections_max = kMost, .room_wait = std::chrono::milliseconds(0)});
  Client busy(server.listener.port());
  busy.send(post("", kHold));
  server.handler.wait_until_held(1);
  std::vector<std::unique_ptr<Client>> waiting;
  for (int i = 0; i < 40; ++i) {
    waiting.push_back(std::make_unique<Client>(server.listener.port()));
    waiting.back()->send("P");
  }
  Client late(server.listener.port());
  EXPECT_EQ(late.ask(post("late")).status, 200);
  EXPECT_LE(server.listener.connections(), kMost);
  EXPECT_TRUE(waiting.front()->closed());
  server.handler.release();
  EXPECT_EQ(busy.receive().status, 200);
}

TEST(ListenerTest, RunningOutOfFileDescriptorsIsSurvived) {
  Server server({}, 1);
  Client early(server.listener.port());
  ASSERT_EQ(early.ask(post("x")).status, 200);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  // One more descriptor: the client's. The server's accept() fails with EMFILE.
  const rlimit one_more{static_cast<rlim_t>(lowest_free) + 1, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &one_more);
  Client late(server.listener.port());
  late.send(post("late"));
  EXPECT_FALSE(late.readable_soon());
  EXPECT_EQ(early.ask(post("still served")).body, "still served");
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(late.receive().body, "late");
}

TEST(ListenerDrainTest, IdleConnectionsEndAtOnce) {
  Server server;
  Client unused(server.listener.port());
  Client used(server.listener.port());
  EXPECT_EQ(used.ask(post("x")).status, 200);
  server.listener.stop_accepting();
  EXPECT_TRUE(server.listener.drain(seconds(10)));
  EXPECT_EQ(server.listener.connections(), 0U);
  EXPECT_TRUE(used.closed());
}

TEST(ListenerDrainTest, BeforeItEndsEachAnswerSendsItsClientAwayAndNewOnesAreServed) {
  Server server;
  Client used(server.listener.port());
  EXPECT_NE(used.ask(post("before")).header("connection"), "close");
  Client waiting(server.listener.port());
  waiting.send(post("open", kHold));
  server.handler.wait_until_held(1);

  server.listener.announce_end();
  server.handler.release();
  for (Client* client : {&waiting, &used}) {
    if (client == &used) client->send(post("again"));
    EXPECT_EQ(client->receive().header("connection"), "close");
    client->end_sending();
    EXPECT_TRUE(client->closed());
  }
  for (int i = 0; i < 2; ++i) {
    Client late(server.listener.port());
    const auto answer = late.ask(post("late"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("connection"), "close");
  }
}

// A connection of a day would never come to a gateway that was started since.
TEST(ListenerAgeTest, TheNextAnswerOfAnOldConnectionIsItsLast) {
  Server server({.connection_age = milliseconds(50)});
  Client client(server.listener.port());
  int asked = 0;
  while (client.ask(post("x")).header("connection") != "close") ++asked;
  client.end_sending();
  EXPECT_TRUE(client.closed()) << asked;
  EXPECT_EQ(Client(server.listener.port()).ask(post("y")).status, 200);
}

TEST(ListenerAgeTest, WithoutAnAgeConnectionsAreKept) {
  Server server({.connection_age = milliseconds(0)});
  Client client(server.listener.port());
  for (int i = 0; i < 3; ++i) EXPECT_NE(client.ask(post("x")).header("connection"), "close");
}

TEST(ListenerAgeTest, ConnectionsThatCameTogetherDoNotGoTogether) {
  constexpr milliseconds kAge{1000};
  EXPECT_EQ(connection_age(kAge, 0), kAge);
  EXPECT_EQ(connection_age(kAge, 1024), milliseconds(800));
  for (std::uint32_t i = 0; i < 1024; ++i)
    EXPECT_LE(connection_age(kAge, i + 1), connection_age(kAge, i));
}

TEST(ListenerDrainTest, AnOpenRequestIsAnsweredAndToldThatItWasTheLast) {
  Server server;
  Client client(server.listener.port());
  client.send(post("kept", kHold));
  server.handler.wait_until_held(1);
  server.listener.stop_accepting();
  EXPECT_FALSE(server.listener.drain(milliseconds(10))) << "a request is open";
  server.handler.release();
  const auto response = client.receive();
  EXPECT_EQ(response.body, "kept");
  EXPECT_EQ(response.header("connection"), "close");
  client.end_sending();
  EXPECT_TRUE(server.listener.drain(seconds(10)));
}

TEST(ListenerDrainTest, NobodyGetsInAnyMore) {
  Server server;
  server.listener.stop_accepting();
  EXPECT_TRUE(server.listener.drain(seconds(10)));
  // The port is closed by another thread; what slipped in before is refused all the same.
  while (Client(server.listener.port()).connected()) {
  }
}

TEST(ListenerEndTest, RequestsThatAreHeldDoNotKeepItFromEnding) {
  Server server;
  Client client(server.listener.port());
  client.send(post("x", kHold));
  server.handler.wait_until_held(1);
  server.listener.stop();
  server.handler.release();  // as the sink does when it is taken down behind the listener
}

TEST(ListenerEndTest, ItMayEndWithoutHavingStarted) {
  ScriptedHandler handler;
  const Listener listener({.port = 0}, {}, nullptr, handler, handler.memory);
  EXPECT_NE(listener.port(), 0);
}

}  // namespace
}  // namespace penstock::gateway
