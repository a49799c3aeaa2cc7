// Goal: more connections than the process may have files leave room for probes, for other clients and for Kafka.
// Method: the real gateway with a small limit on open files, and connections that send a little and wait.
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

}  // namespace
}  // namespace penstock::test
