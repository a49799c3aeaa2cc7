// Goal: behind a load balancer each client is the one that the balancer names, and nobody else can
// name one. Method: a real server that takes 127.0.0.1 for a balancer and 127.0.0.2 for a client.
#include <gtest/gtest.h>

#include <string>

#include "http/tls_context.hpp"
#include "http_fixture.hpp"
#include "support/temp_directory.hpp"

namespace penstock::gateway {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using test::Client;
using test::post;
using test::Server;

constexpr const char* kElsewhere = "127.0.0.2";
// Version 2, of 192.0.2.7.
const std::string kHeader =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0C\xC0\x00\x02\x07\x0A\x00\x00\x01\x12\x67\x01\xBB"s;
// Version 2, of the balancer itself.
const std::string kOwnHeader = "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"s;

HttpSettings balanced(bool proxy_protocol) {
  return {.trusted_proxies = {"127.0.0.1"}, .proxy_protocol = proxy_protocol};
}

TEST(LoadBalancerTest, TheClientOfTheProxyHeaderIsTheClientOfEachRequest) {
  Server server(balanced(true));
  Client client(server.listener.port());
  client.send(kHeader);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.ask(post("x")).status, 200);
    EXPECT_TRUE(server.handler.came_from("192.0.2.7"));
  }
  EXPECT_EQ(client.ask(post("x", "X-Forwarded-For: 192.0.2.9\r\n")).status, 200);
  EXPECT_TRUE(server.handler.came_from("192.0.2.7")) << "what a client says itself counts nothing";
}

TEST(LoadBalancerTest, TheHeaderStandsBeforeTls) {
  const penstock::test::TempDirectory directory;
  const penstock::test::TestCertificate certificate(directory.path());
  const CurrentTls tls(std::make_shared<const TlsContext>(
      TlsSettings{certificate.certificate_file(), certificate.key_file()}));
  const penstock::test::TlsClientContext context(certificate);
  Server server(balanced(true), 2, &tls);
  Client client(server.listener.port(), context.context, nullptr, "127.0.0.1", kHeader);
  EXPECT_EQ(client.ask(post("x")).status, 200);
  EXPECT_TRUE(server.handler.came_from("192.0.2.7"));
}

TEST(LoadBalancerTest, ABalancerMaySpeakForItself) {
  Server server(balanced(true));
  Client check(server.listener.port());
  check.send(kOwnHeader);
  EXPECT_EQ(check.ask(post("x")).status, 200);
  EXPECT_TRUE(server.handler.came_from("127.0.0.1"));
}

TEST(LoadBalancerTest, ABalancerWithoutAHeaderIsEndedAndTold) {
  Server server(balanced(true));
  Client client(server.listener.port());
  client.send(post("x"));
  EXPECT_EQ(server.proxy_fault(), "begins with something else");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server.handler.handled(), 0U);
}

TEST(LoadBalancerTest, HalfAHeaderIsEndedInTime) {
  HttpSettings settings = balanced(true);
  settings.header_timeout = milliseconds(20);
  Server server(settings);
  Client client(server.listener.port());
  client.send(kHeader.substr(0, 20));
  EXPECT_EQ(server.proxy_fault(), "ends in the middle");
  EXPECT_TRUE(client.closed());
}

TEST(LoadBalancerTest, OthersAreWhoTheyAreAndNeedNoHeader) {
  Server server(balanced(true));
  Client other(server.listener.port(), nullptr, nullptr, kElsewhere);
  EXPECT_EQ(other.ask(post("x", "X-Forwarded-For: 192.0.2.7\r\n")).status, 200);
  EXPECT_TRUE(server.handler.came_from(kElsewhere));
  Client liar(server.listener.port(), nullptr, nullptr, kElsewhere);
  EXPECT_EQ(liar.ask(kHeader + post("x")).status, 400);
}

TEST(LoadBalancerTest, XForwardedForIsBelievedFromListedBalancersAlone) {
  Server server(balanced(false));
  Client balancer(server.listener.port());
  for (const char* client : {"192.0.2.7", "192.0.2.8"}) {  // one connection, many clients
    const std::string header = "X-Forwarded-For: 1.1.1.1, "s + client + "\r\n";
    EXPECT_EQ(balancer.ask(post("x", "X-Forwarded-For: 2.2.2.2\r\n" + header)).status, 200);
    EXPECT_TRUE(server.handler.came_from(client));
  }
  EXPECT_EQ(balancer.ask(post("x")).status, 200);
  EXPECT_TRUE(server.handler.came_from("127.0.0.1"));
  Client other(server.listener.port(), nullptr, nullptr, kElsewhere);
  EXPECT_EQ(other.ask(post("x", "X-Forwarded-For: 192.0.2.7\r\n")).status, 200);
  EXPECT_TRUE(server.handler.came_from(kElsewhere));
}

}  // namespace
}  // namespace penstock::gateway
