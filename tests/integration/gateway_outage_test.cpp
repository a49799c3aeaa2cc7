// Goal: when Kafka goes, or the gateway is asked to go, clients are told so in bounded time and
// nothing that was acknowledged is lost. What an operator sees of it tells the truth.
// Method: kill the broker below a sender that repeats until it is taken; signals to the process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <regex>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "integration/gateway_fixture.hpp"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Sends one event after the other, each again until it is taken, as an SDK does.
class Sender {
 public:
  Sender(const GatewayProcess& gateway, HttpHeaders headers)
      : url_(gateway.base_url()),
        ca_file_(gateway.ca_file()),
        headers_(std::move(headers)),
        thread_([this] { run(); }) {}
  ~Sender() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  bool wait_for_more(int count) const {
    const int before = taken_;
    return eventually([&] { return taken_ >= before + count; }, 60s);
  }
  int taken() const { return taken_; }
  int refused() const { return refused_; }
  // Answers that were neither 200 nor 503 with Retry-After and no word about Kafka's brokers; look
  // at it after stop().
  const std::vector<std::string>& surprises() const { return surprises_; }

 private:
  void run() {
    const HttpClient client(url_, ca_file_);
    while (!stopping_) {
      const std::string body = batch_of({click(taken_ + 1)}).dump();
      // The pause between two attempts is eventually()'s.
      if (eventually([&] { return was_taken(client.post("/v1/events", body, headers_)); }, 5min)) {
        ++taken_;
      }
    }
  }
  // Or need not be any more.
  bool was_taken(const HttpAnswer& answer) {
    if (answer.status == 200) return true;
    if (answer.status == 503 && !answer.header("retry-after").empty() && tells_nothing(answer)) {
      ++refused_;
    } else {
      surprises_.push_back(std::to_string(answer.status) + answer.body + answer.error);
    }
    return false;
  }

  // Of what is behind the gateway: that is its operator's to know.
  static bool tells_nothing(const HttpAnswer& answer) {
    return !std::regex_search(
        answer.body, std::regex("broker|rdkafka|127\\.0\\.0\\.1|:[0-9]+/", std::regex::icase));
  }

  const std::string url_;
  const std::filesystem::path ca_file_;
  const HttpHeaders headers_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> taken_{0};
  std::atomic<int> refused_{0};
  std::vector<std::string> surprises_;
  std::thread thread_;
};

using GatewayOutageTest = GatewayTest;

TEST_F(GatewayOutageTest, KilledKafkaIsToldAndNothingThatWasAcknowledgedIsLostAndItComesBack) {
  KafkaBroker broker;
  GatewayOptions options;
  options.brokers = broker.bootstrap();
  const GatewayProcess& gateway = start(options);
  const pid_t pid = gateway.pid();
  Sender sender(gateway, headers_for(gateway));
  ASSERT_TRUE(sender.wait_for_more(50));

  broker.kill();
  EXPECT_TRUE(eventually([&] { return admin("/readyz").status == 503; }));
  EXPECT_TRUE(eventually([&] { return sender.refused() > 0; }));
  EXPECT_EQ(admin("/healthz").status, 200);
  EXPECT_THAT(admin("/metrics").body, HasSubstr("\npenstock_ready 0"));

  broker.restart();
  gateway_->wait_until_ready();
  EXPECT_TRUE(sender.wait_for_more(50));
  sender.stop();
  EXPECT_THAT(sender.surprises(), ::testing::IsEmpty());
  EXPECT_EQ(gateway_->pid(), pid);

  int last = 0;
  std::set<int> seen;
  for (const auto& record : read_topic(broker.bootstrap(), "user-activity")) {
    const int seq = Json::parse(record.value)["seq"].get<int>();
    if (!seen.insert(seq).second) continue;  // sent twice is one event
    EXPECT_EQ(seq, ++last) << "they lie in one partition, in their order";
  }
  EXPECT_EQ(last, sender.taken());
}

// Takes connections, and answers nothing until the end of its life.
class Paused {
 public:
  explicit Paused(pid_t process) : process_(process) { ::kill(process_, SIGSTOP); }
  ~Paused() { ::kill(process_, SIGCONT); }
  Paused(const Paused&) = delete;
  Paused& operator=(const Paused&) = delete;

 private:
  const pid_t process_;
};

TEST_F(GatewayOutageTest, AskedToEndItAnswersWhatIsOpenAndEndsWell) {
  GatewayProcess& gateway = start(options_here());
  HttpAnswer answer;
  std::thread request;
  {
    const Paused kafka(KafkaBroker::shared().pid());
    request = std::thread([&] { answer = post(click(1).dump()); });
    EXPECT_TRUE(eventually([&] {
      return admin("/metrics").body.find("\npenstock_kafka_events_in_flight 1") !=
             std::string::npos;
    }));
    gateway.terminate();
    EXPECT_TRUE(eventually([&] {
      const HttpAnswer ready = admin("/readyz");
      return ready.status == 503 && ready.body.find("draining") != std::string::npos;
    }));
  }
  request.join();
  EXPECT_EQ(answer.status, 200) << answer.error;
  EXPECT_EQ(gateway.wait(kPatience), 0) << gateway.log();
  EXPECT_THAT(records("user-activity"), SizeIs(1));
  EXPECT_EQ(post(click(2).dump()).status, 0) << "nobody listens any more";
}

TEST_F(GatewayOutageTest, WhileItDrainsItIsNotReadyButServesUntilASecondSignalEndsIt) {
  GatewayOptions options = options_here();
  options.environment["PENSTOCK_DRAIN_DELAY"] = "10m";  // ended by the second signal
  GatewayProcess& gateway = start(options);
  gateway.terminate();
  EXPECT_TRUE(eventually([&] { return admin("/readyz").status == 503; }));
  EXPECT_THAT(admin("/readyz").body, HasSubstr("draining"));
  EXPECT_EQ(admin("/healthz").status, 200);
  const HttpAnswer answer = post(click(1).dump());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close") << "the next request shall go elsewhere";

  gateway.terminate();
  EXPECT_EQ(gateway.wait(kPatience), 1);
  EXPECT_THAT(records("user-activity"), SizeIs(1));
}

TEST_F(GatewayOutageTest, KilledGatewayHasLostNothingThatItAcknowledged) {
  GatewayProcess& gateway = start();
  ASSERT_EQ(post(batch_of({click(1), click(2)}).dump()).status, 200);
  gateway.kill();
  EXPECT_THAT(records("user-activity"), SizeIs(2));
  gateway.restart();
  gateway.wait_until_ready();
  EXPECT_EQ(post(click(3).dump()).status, 200);
  EXPECT_THAT(records("user-activity"), SizeIs(3));
}

TEST_F(GatewayOutageTest, OperatorsSeeHealthReadinessVersionAndMetrics) {
  start();
  ASSERT_EQ(post(batch_of({click(1), {{"eventType", "?"}}}).dump()).status, 200);
  EXPECT_EQ(admin("/healthz").status, 200);
  EXPECT_EQ(admin("/readyz").status, 200);
  const Json version = Json::parse(admin("/version").body);
  EXPECT_FALSE(version["version"].get<std::string>().empty());
  EXPECT_EQ(version["kafka"]["embedded"], false);
  EXPECT_EQ(version["kafka"]["brokers"], KafkaBroker::shared().bootstrap());
  const auto metrics = admin("/metrics");
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("text/plain"));
  for (const char* line :
       {"penstock_events_accepted_total 1", "penstock_ready 1", "penstock_kafka_events_in_flight 0",
        "penstock_requests_total{status=\"2xx\"} 1", "penstock_build_info{version="})
    EXPECT_THAT(metrics.body, HasSubstr(std::string("\n") + line));
  EXPECT_THAT(metrics.body, ::testing::ContainsRegex("penstock_events_rejected_total.code=.* 1\n"));
  EXPECT_EQ(admin("/v1/events").status, 404);
}

}  // namespace
}  // namespace penstock::test
