// Goal: penstockctl finds the gateway's Kafka, or says plainly what stands in the way.
// Method: a small HTTP server that answers as told.
#include "broker_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "support/free_port.hpp"

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AdminStub {
 public:
  explicit AdminStub(const std::string& version) {
    server_.Get("/version", [version](const httplib::Request&, httplib::Response& response) {
      response.set_content(version, "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // or stop() would not be heard
  }
  ~AdminStub() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

std::string error_of(const std::string& url) {
  try {
    return "no error: " + kafka_of_gateway(url).brokers;
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(BrokerLookupTest, AsksTheGateway) {
  const AdminStub gateway(
      R"({"version":"1","kafka":{"embedded":true,"brokers":"127.0.0.1:4","topicPrefix":"staging."}})");
  EXPECT_EQ(kafka_of_gateway(gateway.url()).brokers, "127.0.0.1:4");
  EXPECT_EQ(kafka_of_gateway(gateway.url()).topic_prefix, "staging.");
  // As gateways before 0.2 answer.
  const AdminStub older(R"({"version":"1","kafka":{"embedded":true,"brokers":"127.0.0.1:4"}})");
  EXPECT_EQ(kafka_of_gateway(older.url()).topic_prefix, "");
}

TEST(BrokerLookupTest, NobodyListening) {
  const auto url = "http://127.0.0.1:" + std::to_string(test::free_port());
  EXPECT_THAT(error_of(url), AllOf(HasSubstr("no gateway listens at " + url), HasSubstr("--admin"),
                                   HasSubstr("--brokers"), Not(HasSubstr("(Connection)"))));
}

TEST(BrokerLookupTest, SomethingElseListening) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& answer :
       {std::string("hello"), std::string("{}"), std::string("[]"), std::string(),
        std::string(R"({"kafka":{"brokers":7}})"), R"({"kafka":{"brokers":)" + deep + "}}"}) {
    const AdminStub other(answer);
    EXPECT_THAT(error_of(other.url()), HasSubstr("is not the admin listener"))
        << answer.substr(0, 100);
  }
}

TEST(BrokerLookupTest, AddressThatIsNone) {
  for (const auto* url : {"", "127.0.0.1:9464", "http://", "https://127.0.0.1:9464"})
    EXPECT_THAT(error_of(url), HasSubstr("http://host:port")) << url;
}

}  // namespace
}  // namespace penstock::ctl
