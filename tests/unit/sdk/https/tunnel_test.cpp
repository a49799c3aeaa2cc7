// Goal: the gateway is reached through every kind of proxy as without one, with the same proof of
// who it is, and a proxy that fails is an attempt that failed. Method: a real proxy and a real TLS
// gateway in this process.
#include "https/tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "connected_channel.hpp"
#include "https/client.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"
#include "support/test_proxy.hpp"

namespace penstock::https {
namespace {

using std::chrono::milliseconds;
using test::TestCertificate;
using test::TestGateway;
using test::TestProxy;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class TunnelTest : public ::testing::Test {
 protected:
  static constexpr const char* kKey = "wk_very-secret";
  static constexpr const char* kUser = "anna";
  static constexpr const char* kPassword = "pass:w0rd";
  static constexpr const char* kInAddress = "anna:pass%3Aw0rd";

  TunnelTest() {
    settings_.endpoint = gateway_.endpoint();
    settings_.authorization = std::string("Bearer ") + kKey;
    settings_.ca_file = certificate_.ca_file();
    settings_.proxy = "http://" + proxy_.address();
  }

  Answer post(const std::string& body = R"({"events":[1]})") {
    if (!client_) {
      auto made = Client::create(settings_, wait_);
      EXPECT_TRUE(made) << made.status().message();
      client_ = *std::move(made);
    }
    const Answer answer = client_->send({.path = "/v1/events", .body = body});
    EXPECT_THAT(answer.error,
                AllOf(Not(HasSubstr(kKey)), Not(HasSubstr(kPassword)), Not(HasSubstr("w0rd"))));
    return answer;
  }

  test::TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
  TestGateway gateway_{&certificate_};
  TestProxy proxy_;
  Settings settings_;
  SocketWait wait_;
  std::unique_ptr<Client> client_;
};

TEST_F(TunnelTest, AnHttpsGatewayIsReachedByConnect) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post().status, 200);
  EXPECT_EQ(proxy_.connections(), 1);
  ASSERT_THAT(proxy_.heads(), SizeIs(1));
  const std::string host = settings_.endpoint.substr(8);
  EXPECT_THAT(proxy_.heads()[0], AllOf(HasSubstr("CONNECT " + host + " HTTP/1.1\r\nHost: " + host),
                                       Not(HasSubstr("uthorization"))));
  EXPECT_EQ(gateway_.requests().at(0).start_line, "POST /v1/events HTTP/1.1");
}

TEST_F(TunnelTest, ALargeBodyGoesThrough) {
  EXPECT_EQ(post(R"({"events":[")" + std::string(4 << 20, 'x') + R"("]})").status, 200);
}

TEST_F(TunnelTest, APlainGatewayIsAskedForByItsUrl) {
  TestGateway plain(nullptr);
  settings_.endpoint = plain.endpoint();
  settings_.proxy = "http://" + proxy_.address(kInAddress);
  proxy_.require(kUser, kPassword);
  EXPECT_EQ(post().status, 200);
  ASSERT_THAT(proxy_.heads(), SizeIs(1));
  EXPECT_THAT(proxy_.heads()[0], HasSubstr("POST " + plain.endpoint() + "/v1/events HTTP/1.1"));
}

TEST_F(TunnelTest, AnHttpsProxyIsReachedByTlsAndVerified) {
  TestProxy secure(&certificate_);
  settings_.proxy = "https://" + secure.address(kInAddress);
  secure.require(kUser, kPassword);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(post(std::string(100'000, ' ') + R"({"events":[1]})").status, 200);
  EXPECT_EQ(secure.connections(), 1);
}

TEST_F(TunnelTest, AnHttpsProxyWithABadCertificateGetsNoByte) {
  const auto folder = directory_ / "other";
  std::filesystem::create_directories(folder);
  const TestCertificate stranger(folder);
  TestProxy secure(&stranger);
  settings_.proxy = "https://" + secure.address(kInAddress);
  EXPECT_THAT(post().error, AllOf(HasSubstr("not trusted"), HasSubstr(secure.address())));
  EXPECT_THAT(secure.heads(), SizeIs(0));
}

TEST_F(TunnelTest, AProxyThatLeadsElsewhereIsFoundOut) {
  const auto folder = directory_ / "other";
  std::filesystem::create_directories(folder);
  const TestCertificate stranger(folder);
  TestGateway elsewhere(&stranger);
  proxy_.lead_everything_to(std::stoi(elsewhere.endpoint().substr(18)));
  EXPECT_THAT(post().error,
              AllOf(HasSubstr("not trusted"), HasSubstr(settings_.endpoint.substr(8))));
  EXPECT_EQ(elsewhere.plain_bytes(), 0u);
}

TEST_F(TunnelTest, TheProxyResolvesTheGatewaysName) {
  proxy_.lead_everything_to(std::stoi(gateway_.endpoint().substr(18)));
  settings_.endpoint = "https://no-such-host.invalid:4711";
  for (const char* scheme : {"http://", "socks5://"}) {
    settings_.proxy = scheme + proxy_.address();
    client_.reset();
    EXPECT_THAT(post().error, AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("mismatch")));
  }
}

TEST_F(TunnelTest, ASocks5ProxyLeadsTheWayToo) {
  settings_.proxy = "socks5://" + proxy_.address();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post().status, 200);
  EXPECT_THAT(proxy_.heads(), ElementsAre("SOCKS5 " + settings_.endpoint.substr(8)));

  proxy_.require(kUser, kPassword);
  client_.reset();
  EXPECT_THAT(post().error, HasSubstr("user name and password"));
  settings_.proxy = "socks5://" + proxy_.address("anna:wr0ng");
  client_.reset();
  EXPECT_THAT(post().error, HasSubstr("does not take this user name"));
  settings_.proxy = "socks5://" + proxy_.address(kInAddress);
  client_.reset();
  EXPECT_EQ(post().status, 200);
}

TEST_F(TunnelTest, APlainGatewayIsReachedBySocks5) {
  TestGateway plain(nullptr);
  settings_.endpoint = plain.endpoint();
  settings_.proxy = "socks5://" + proxy_.address();
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(plain.requests().at(0).start_line, "POST /v1/events HTTP/1.1");
}

TEST_F(TunnelTest, AProxyThatWantsAPasswordSaysSoAndGetsItOnlyIfItIsThere) {
  proxy_.require(kUser, kPassword);
  EXPECT_THAT(post().error, AllOf(HasSubstr(proxy_.address()), HasSubstr("407"),
                                  HasSubstr("http://user:password@host:port")));
  settings_.proxy = "http://" + proxy_.address("anna:wr0ng");
  client_.reset();
  EXPECT_THAT(post().error, AllOf(HasSubstr("407"), HasSubstr("does not take"),
                                  Not(HasSubstr("wr0ng")), Not(HasSubstr("anna"))));
  settings_.proxy = "http://" + proxy_.address(kInAddress);
  client_.reset();
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(gateway_.requests().at(0).headers.count("proxy-authorization"), 0u);
}

TEST_F(TunnelTest, WhatAProxySaysIsNeverTakenForTheGatewaysAnswer) {
  for (const char* answer :
       {"HTTP/1.1 400 Bad\r\n\r\n", "HTTP/1.1 401 Who\r\n\r\n", "HTTP/1.1 403 No\r\n\r\n",
        "HTTP/1.1 302 Login\r\nLocation: http://portal/\r\n\r\n", "HTTP/1.1 503 Later\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n", "HT",
        "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    proxy_.answer_connect_with(answer);
    const Answer got = post();
    EXPECT_EQ(got.status, 0) << answer;
    EXPECT_THAT(got.error, HasSubstr(proxy_.address())) << answer;
  }
  proxy_.answer_connect_with("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x'));
  EXPECT_THAT(post().error, HasSubstr("longer than"));
  EXPECT_EQ(gateway_.connections(), 0);

  proxy_.answer_connect_with("");
  EXPECT_EQ(post().status, 200) << "it recovers without a restart";
}

TEST_F(TunnelTest, AProxyThatIsAwayOrNeverAnswersEndsInTime) {
  settings_.connect_timeout = milliseconds(50);
  proxy_.stay_silent();
  EXPECT_THAT(post().error, AllOf(HasSubstr("timeout"), HasSubstr(proxy_.address())));
  settings_.proxy = "http://localhost:" + std::to_string(test::free_port());
  client_.reset();
  EXPECT_THAT(post().error, HasSubstr("refused"));
}

TEST_F(TunnelTest, AProxyThatCutATunnelIsAskedForAnother) {
  EXPECT_EQ(post().status, 200);
  proxy_.cut_connections();
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(proxy_.connections(), 2);
}

TEST_F(TunnelTest, ACallbackMayLeadTheNextConnectionElsewhere) {
  settings_.proxy.clear();
  std::string proxy = "http://" + proxy_.address();
  settings_.proxy_for_url = [&proxy](std::string_view) { return proxy; };
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(proxy_.connections(), 1);
  proxy = "direct";
  proxy_.cut_connections();
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(proxy_.connections(), 1);
}

// --- SOCKS5, byte by byte -----------------------------------------------------------------------

class SocksTunnelTest : public ::testing::Test {
 protected:
  static std::string bytes_of(std::initializer_list<int> values) {
    std::string bytes;
    for (const int value : values) bytes += static_cast<char>(static_cast<unsigned char>(value));
    return bytes;
  }
  static Proxy proxy() {
    Proxy proxy;
    proxy.kind = Proxy::Kind::kSocks5;
    return proxy;
  }
  // The proxy's whole part of the talk, said in advance.
  bool open(const std::string& host, const std::string& reply) {
    server_.say(bytes_of({5, 0}) + reply);
    return open_tunnel(server_.channel(), proxy(), {.tls = true, .host = host, .port = 0x1234}, "");
  }

  const std::string granted_ = bytes_of({5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
  ConnectedChannel server_;
};

TEST_F(SocksTunnelTest, ATargetIsAskedForAsNameOrAsAddress) {
  const std::string greeting = bytes_of({5, 1, 0}), port = bytes_of({0x12, 0x34});
  EXPECT_TRUE(open("a.example", granted_)) << server_.channel().error();
  EXPECT_EQ(server_.hear(19), greeting + bytes_of({5, 1, 0, 3, 9}) + "a.example" + port);
  EXPECT_TRUE(open("192.0.2.1", granted_)) << server_.channel().error();
  EXPECT_EQ(server_.hear(13), greeting + bytes_of({5, 1, 0, 1, 192, 0, 2, 1}) + port);
  EXPECT_TRUE(open("::1", granted_)) << server_.channel().error();
  EXPECT_EQ(server_.hear(25),
            greeting + bytes_of({5, 1, 0, 4}) + std::string(15, '\0') + '\1' + port);
}

TEST_F(SocksTunnelTest, ANameMayHave255BytesAndNoMore) {
  for (const std::size_t bytes : {254u, 255u}) {
    EXPECT_TRUE(open(std::string(bytes, 'a'), granted_)) << server_.channel().error();
    EXPECT_THAT(server_.hear(3 + 5 + bytes + 2), HasSubstr(std::string(bytes, 'a')));
  }
  EXPECT_FALSE(open(std::string(256, 'a'), granted_));
  EXPECT_THAT(server_.channel().error(), HasSubstr("too long"));
}

TEST_F(SocksTunnelTest, WhatFollowsTheProxysReplyIsTheTargets) {
  for (const std::string& bound : {bytes_of({1}) + "4444", bytes_of({4}) + std::string(16, '6'),
                                   bytes_of({3, 0}), bytes_of({3, 255}) + std::string(255, 'n')}) {
    EXPECT_TRUE(open("a.example", bytes_of({5, 0, 0}) + bound + "pphello"));
    char buffer[16];
    const auto bytes = server_.channel().read(buffer, sizeof buffer);
    ASSERT_EQ(bytes, 5) << server_.channel().error();
    EXPECT_EQ(std::string(buffer, 5), "hello");
  }
}

TEST_F(SocksTunnelTest, ARefusalIsToldInWords) {
  const std::pair<int, const char*> refusals[] = {{1, "it failed"},
                                                  {2, "rules do not allow"},
                                                  {3, "network cannot be reached"},
                                                  {4, "host cannot be reached"},
                                                  {5, "connection was refused"},
                                                  {255, "it failed"}};
  for (const auto& [code, words] : refusals) {
    EXPECT_FALSE(open("a.example", bytes_of({5, code, 0, 1})));
    EXPECT_THAT(server_.channel().error(), AllOf(HasSubstr(words), HasSubstr("a.example:4660")));
  }
}

TEST_F(SocksTunnelTest, WhatSpeaksNoSocksIsNoProxy) {
  EXPECT_FALSE(open("a.example", "HTTP/1.1 400 Bad\r\n\r\n"));
  EXPECT_THAT(server_.channel().error(), HasSubstr("did not answer with SOCKS5"));
  ConnectedChannel other;
  other.say(bytes_of({5, 0, 5, 0, 0, 2}));
  EXPECT_FALSE(open_tunnel(other.channel(), proxy(), {.host = "a.example"}, ""));
  EXPECT_THAT(other.channel().error(), HasSubstr("did not answer with SOCKS5"))
      << "an address of no kind";
}

}  // namespace
}  // namespace penstock::https
