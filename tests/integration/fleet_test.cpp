// Goal: a fleet is restarted, one gateway after the other, and no client notices. Method: three real
// gateways behind HAProxy with the configuration that is shipped, a real broker, the SDK, and raw
// clients that are busy and that are slow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "gateway_fixture.hpp"
#include "penstock/penstock.hpp"
#include "support/fleet.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

// A program that speaks HTTP itself: one event after the other on a connection that it keeps, and
// `pause` between them. It does not try again.
class RawClient {
 public:
  // `number`: a hex digit, of one client alone.
  RawClient(const Fleet& fleet, char number, std::chrono::milliseconds pause)
      : number_(number), pause_(pause), http_(fleet.base_url(), fleet.ca_file()) {
    headers_ = {{"Authorization", "Bearer " + fleet.write_key()},
                {"Content-Type", "application/json"}};
    thread_ = std::thread([this] { run(); });
  }
  ~RawClient() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::string user() const { return std::string("user-") + number_; }
  int taken() const { return taken_; }
  const std::vector<std::string>& errors() const { return errors_; }  // after stop()

 private:
  void run() {
    while (!stopping_) {
      Json batch = batch_of({click(taken_ + 1, user())});
      batch["installId"] = std::string(kInstall).replace(0, 1, 1, number_);
      const HttpAnswer answer = http_.post("/v1/events", batch.dump(), headers_);
      if (answer.status == 200)
        ++taken_;
      else
        errors_.push_back(std::to_string(answer.status) + " " + answer.error + answer.body);
      static_cast<void>(eventually([&] { return stopping_.load(); }, pause_));
    }
  }

  const char number_;
  const std::chrono::milliseconds pause_;
  const HttpClient http_;
  HttpHeaders headers_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> taken_{0};
  std::vector<std::string> errors_;
  std::thread thread_;
};

class FleetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!haproxy_is_here()) GTEST_SKIP() << "HAProxy is not here; scripts/setup --test installs it";
  }
  static GatewayOptions options(const std::string& prefix) {
    GatewayOptions options;
    options.brokers = KafkaBroker::shared().bootstrap();
    options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix;
    options.environment["PENSTOCK_DRAIN_DELAY"] = "4s";  // as HAProxy needs two to notice
    options.environment["PENSTOCK_LIMITS_CONNECTION_AGE"] = "5s";
    return options;
  }
  // Each seq of each user's events, once by its eventId, in the order of the partition.
  static std::map<std::string, std::vector<int>> seqs_by_user(const std::string& prefix) {
    std::map<std::string, std::vector<int>> seqs;
    std::set<std::string> ids;
    for (const auto& record :
         read_topic(KafkaBroker::shared().bootstrap(), prefix + "user-activity")) {
      const Json event = Json::parse(record.value);
      if (ids.insert(event["eventId"]).second)
        seqs[event.value("userId", "sdk")].push_back(event["seq"].get<int>());
    }
    return seqs;
  }
  static std::size_t times(std::string_view line, std::string_view log) {
    std::size_t count = 0;
    for (auto at = log.find(line); at != log.npos; at = log.find(line, at + 1)) ++count;
    return count;
  }
  static std::vector<int> one_to(int last) {
    std::vector<int> all(static_cast<std::size_t>(last));
    for (int i = 0; i < last; ++i) all[static_cast<std::size_t>(i)] = i + 1;
    return all;
  }
  Client open_sdk(const Fleet& fleet) const {
    Options options;
    options.directory = directory_ / "telemetry";
    options.endpoint = fleet.base_url();
    options.write_key = fleet.write_key();
    options.ca_file = fleet.ca_file();
    options.batch_age_max = 20ms;
    auto client = Client::open(options);
    EXPECT_TRUE(client) << client.status().message();
    return *std::move(client);
  }

  TempDirectory directory_;
};

TEST_F(FleetTest, NoClientNoticesThatEachGatewayIsRestarted) {
  Fleet fleet(options("rolling."), Fleet::Tls::kPassedThrough);
  Client sdk = open_sdk(fleet);
  std::atomic<bool> recording{true};
  int recorded = 0;
  std::thread program([&] {
    while (recording) {
      if (sdk.track(Event::click("page", "button"))) ++recorded;
      static_cast<void>(eventually([&] { return !recording; }, 5ms));
    }
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (const char number : std::string("123"))
    clients.push_back(std::make_unique<RawClient>(fleet, number, 1ms));
  for (const char number : std::string("456"))
    clients.push_back(std::make_unique<RawClient>(fleet, number, 100ms));
  for (const char number : std::string("789abc"))
    clients.push_back(std::make_unique<RawClient>(fleet, number, 1000ms));
  for (std::size_t i = 0; i < Fleet::kGateways; ++i) {
    fleet.gateway(i).terminate();
    EXPECT_EQ(fleet.gateway(i).wait(kPatience), 0) << fleet.gateway(i).log();
    fleet.gateway(i).restart();
    fleet.gateway(i).wait_until_ready();
    // Operators see one line for each change, none for what it does with clients.
    for (const auto& [line, count] : {std::pair{"penstock-gateway starts", 2U},
                                      {"draining: not ready from now on", 1U},
                                      {"ended: every request is answered", 1U}})
      EXPECT_EQ(times(line, fleet.gateway(i).log()), count) << line << fleet.gateway(i).log();
    // Clients whose connections have become old come to it.
    EXPECT_TRUE(eventually([&] { return fleet.sessions_of(i) > 0; })) << fleet.haproxy_log();
  }
  for (auto& client : clients) client->stop();
  recording = false;
  program.join();
  const Status flushed = sdk.flush(kPatience);
  EXPECT_TRUE(flushed) << flushed.message();
  EXPECT_EQ(sdk.stats().pending, 0U);

  auto seqs = seqs_by_user("rolling.");
  for (const auto& client : clients) {
    EXPECT_THAT(client->errors(), IsEmpty()) << client->user() << "\n" << fleet.haproxy_log();
    EXPECT_GT(client->taken(), 0);
    EXPECT_EQ(seqs[client->user()], one_to(client->taken())) << client->user();
  }
  EXPECT_EQ(seqs["sdk"], one_to(recorded));
}

TEST_F(FleetTest, AGatewayThatIsKilledIsNotNoticedBehindABalancerThatEndsTls) {
  Fleet fleet(options("killed."), Fleet::Tls::kEndedByHaproxy);
  RawClient client(fleet, '1', 1ms);
  for (const std::size_t i : {0U, 1U}) {
    const int before = client.taken();
    fleet.gateway(i).kill();
    EXPECT_TRUE(eventually([&] { return client.taken() > before + 20; }));
  }
  client.stop();
  EXPECT_THAT(client.errors(), IsEmpty()) << fleet.haproxy_log();
  EXPECT_EQ(seqs_by_user("killed.").at(client.user()), one_to(client.taken()));
}

// What an operator must be able to rely on: it ends in time, whatever Kafka does.
TEST_F(FleetTest, AGatewayEndsInItsTimeThoughEveryBrokerIsDead) {
  KafkaBroker broker;
  GatewayOptions alone = options("");
  alone.brokers = broker.bootstrap();
  alone.environment["PENSTOCK_DRAIN_DELAY"] = "0s";
  alone.environment["PENSTOCK_DRAIN_TIMEOUT"] = "15s";
  GatewayProcess gateway(alone);
  const HttpClient client(gateway.base_url(), gateway.ca_file());
  const HttpHeaders headers = {{"Authorization", "Bearer " + gateway.write_key()},
                               {"Content-Type", "application/json"}};
  ASSERT_EQ(client.post("/v1/events", batch_of({click(1)}).dump(), headers).status, 200);
  ::kill(broker.pid(), SIGSTOP);  // takes what comes, and answers nothing
  HttpAnswer answer;
  std::thread waiting(
      [&] { answer = client.post("/v1/events", batch_of({click(2)}).dump(), headers); });
  const HttpClient admin(gateway.admin_url());
  EXPECT_TRUE(eventually([&] {
    return admin.get("/metrics").body.find("\npenstock_kafka_events_in_flight 1") !=
           std::string::npos;
  }));
  broker.kill();
  const auto begin = std::chrono::steady_clock::now();
  gateway.terminate();
  EXPECT_EQ(gateway.wait(kPatience), 0) << gateway.log();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
  waiting.join();
  EXPECT_EQ(answer.status, 503) << answer.error;
}

}  // namespace
}  // namespace penstock::test
