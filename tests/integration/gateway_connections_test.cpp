// Goal: more connections than the process may have files leave room for probes, for other clients
// and for Kafka. Method: the real gateway with a small limit on open files, and connections that
// send a little and wait.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "gateway_fixture.hpp"
#include "support/raw_client.hpp"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kOtherAddress = "127.0.0.2";

class GatewayConnectionsTest : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  static std::size_t count(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
    return count;
  }
};

TEST_F(GatewayConnectionsTest, MoreThanTheLimitOnOpenFilesShutNobodyOut) {
  GatewayOptions options = options_here();
  options.open_files_max = 256;
  const GatewayProcess& gateway = start(options);
  for (const std::string bytes : {"G", "\x16\x03\x01"}) {  // no TLS, and its first three bytes
    std::vector<std::unique_ptr<Client>> waiting;
    for (int i = 0; i < 400; ++i) {
      waiting.push_back(std::make_unique<Client>(gateway.port()));
      waiting.back()->send(bytes);
    }
    EXPECT_EQ(admin("/healthz").status, 200);
    EXPECT_EQ(admin("/readyz").status, 200);
    const TlsClientContext tls(gateway.certificate());
    const std::string request =
        test::post(batch_of({click(1)}).dump(), "Authorization: Bearer " + gateway.write_key() +
                                                    "\r\nContent-Type: application/json\r\n");
    EXPECT_TRUE(eventually([&] {  // as an SDK does: again if it was cut off
      Client other(gateway.port(), tls.context, nullptr, kOtherAddress);
      return other.ask(request).status == 200;
    }));
  }
  EXPECT_EQ(count(gateway.log(), "as many connections are open as may be"), 1U) << gateway.log();
  EXPECT_THAT(gateway.log(), HasSubstr("open_files_max=256"));
}

// A client that waits for 100 before it sends its body sends none that is refused.
TEST_F(GatewayConnectionsTest, WhatTheHeadDecidesIsDecidedBeforeTheBodyIsAskedFor) {
  const GatewayProcess& gateway = start();
  const TlsClientContext tls(gateway.certificate());
  const std::string key = "Authorization: Bearer " + gateway.write_key() + "\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  const auto first_answer = [&](const std::string& headers, std::size_t bytes = 100) {
    Client client(gateway.port(), tls.context);
    client.send("POST /v1/events HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: " +
                std::to_string(bytes) + "\r\n" + headers + "\r\n");
    return client.receive_head().status;
  };
  EXPECT_EQ(first_answer(key + json), 100);
  EXPECT_EQ(first_answer(json), 401);
  EXPECT_EQ(first_answer(key + "Content-Type: text/plain\r\n"), 415);
  EXPECT_EQ(first_answer(key), 415);
  EXPECT_EQ(first_answer(key + json + "Content-Encoding: br\r\n"), 415);
  EXPECT_EQ(first_answer(key + json + "Idempotency-Key: " + std::string(257, 'k') + "\r\n"), 400);
  EXPECT_EQ(first_answer(key + json, 2 * 1024 * 1024), 413);
}

}  // namespace
}  // namespace penstock::test
