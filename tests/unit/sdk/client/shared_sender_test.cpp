// Goal: the clients of a process that reach one gateway in one way share a sender thread, and no
// client holds up another one by more than a request. Method: the public API against real servers in
// this process, some of which never answer.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_certificate.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::size_t sender_threads() {
  std::size_t count = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(thread.path() / "comm") >> name;
    count += name == "penstock-sender" ? 1U : 0U;
  }
  return count;
}

class SharedSenderTest : public ::testing::Test {
 protected:
  SharedSenderTest() {
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = 0ms;
    options_.retry_delay_min = options_.retry_delay_max = 1ms;
  }

  Options options_for(const std::string& folder) const {
    Options options = options_;
    options.directory = directory_ / folder;
    return options;
  }
  static Client open(const Options& options) {
    auto client = Client::open(options);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  Client open(const std::string& folder) { return open(options_for(folder)); }
  static void record(Client& client, int events = 1) {
    for (int i = 0; i < events; ++i) ASSERT_TRUE(client.track(Event::click("p", "b")).ok());
  }
  static bool acknowledged(const Client& client, std::uint64_t events) {
    return eventually([&] { return client.stats().acknowledged == events; });
  }
  // From now on requests with this key get no answer. Returns once one is under way.
  Client keep_the_thread_waiting() {
    gateway_.answer_with([](const test::ReceivedRequest& request) {
      return request.headers.at("authorization") == "Bearer wk_stuck" ? test::never_answer()
                                                                      : test::accept_all(request);
    });
    const std::size_t before = gateway_.request_count();
    Options options = options_for("stuck");
    options.write_key = "wk_stuck";
    Client stuck = open(options);
    record(stuck);
    EXPECT_TRUE(eventually([&] { return gateway_.request_count() > before; }));
    return stuck;
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
};

TEST_F(SharedSenderTest, ManyClientsOfOneGatewayHaveOneThread) {
  constexpr int kClients = 20;
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(open("folder-" + std::to_string(i)));
  for (int round = 1; round <= 3; ++round) {
    for (Client& client : clients) record(client);
    for (Client& client : clients) {
      ASSERT_TRUE(client.flush(kPatience).ok());
      EXPECT_EQ(client.stats().acknowledged, static_cast<std::uint64_t>(round));
    }
  }
  EXPECT_EQ(sender_threads(), 1u);
  clients.erase(clients.begin(), clients.end() - 1);
  record(clients.back());
  EXPECT_TRUE(acknowledged(clients.back(), 4));
  EXPECT_EQ(sender_threads(), 1u);
  EXPECT_TRUE(clients.back().close(kPatience).ok());
  EXPECT_EQ(sender_threads(), 0u) << "the last one that closes ends it";

  Client next = open("next");
  record(next);
  EXPECT_TRUE(acknowledged(next, 1));
}

TEST_F(SharedSenderTest, EachSendsWithItsOwnKey) {
  Options other = options_for("other");
  other.write_key = "wk_other";
  Client one = open("one"), two = open(other);
  record(one);
  ASSERT_TRUE(one.flush(kPatience).ok());
  record(two);
  ASSERT_TRUE(two.flush(kPatience).ok());
  EXPECT_EQ(sender_threads(), 1u);
  EXPECT_EQ(gateway_.requests().front().headers.at("authorization"), "Bearer wk_test");
  EXPECT_EQ(gateway_.requests().back().headers.at("authorization"), "Bearer wk_other");
}

TEST_F(SharedSenderTest, AGatewayThatDoesNotAnswerHoldsUpNoOtherGatewaysClients) {
  test::TestGateway silent(&certificate_);
  silent.stay_silent();
  Options options = options_for("silent");
  options.endpoint = silent.endpoint();
  Client stuck = open(options);
  record(stuck);
  ASSERT_TRUE(eventually([&] { return silent.connections() > 0; }));

  Client client = open("other");
  record(client);
  EXPECT_TRUE(acknowledged(client, 1));
  EXPECT_EQ(sender_threads(), 2u);
  EXPECT_EQ(stuck.close(0ms).code(), StatusCode::kTimeout);
}

TEST_F(SharedSenderTest, WhoTrustsOthersHasAThreadOfItsOwn) {
  Client usual = open("usual");
  Options options = options_for("trusting");
  options.dangerously_disable_tls_verification = true;
  Client trusting = open(options);
  EXPECT_TRUE(eventually([] { return sender_threads() == 2; }));  // each names itself
  options = options_for("asking");
  options.proxy_for_url = [](std::string_view) { return std::string(); };
  Client asking = open(options), asking_too = open(options);
  // Nobody knows where proxy_for_url leads
  EXPECT_TRUE(eventually([] { return sender_threads() == 4; }));
}

TEST_F(SharedSenderTest, AServerThatKeepsTheThreadWaitingHoldsUpNobodysClose) {
  const Client stuck = keep_the_thread_waiting();
  Client client = open("other");
  record(client);
  const auto begin = std::chrono::steady_clock::now();
  const Status closed = client.close(0ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience / 2);
  EXPECT_EQ(closed.code(), StatusCode::kTimeout);
  EXPECT_THAT(closed.message(), HasSubstr("1 event waits in the journal"));
  {
    const Client gone = std::move(client);
  }
  // The folder's next one finds it unlocked, and not beside it
  Client next = open("other");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "other/slot-0000"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "other/slot-0001"));
}

TEST_F(SharedSenderTest, AServerThatKeepsTheThreadWaitingHoldsUpNoDenialOfConsent) {
  Client client = open("other");
  record(client);
  ASSERT_TRUE(client.flush(kPatience).ok());
  const Client stuck = keep_the_thread_waiting();
  record(client);
  EXPECT_TRUE(client.set_consent(Consent::kDenied).ok());
  EXPECT_EQ(client.stats().dropped_consent_denied, 1u);
  EXPECT_TRUE(client.set_consent(Consent::kGranted).ok());
}

TEST_F(SharedSenderTest, AServerThatKeepsTheThreadWaitingHoldsUpNoUpkeepOfJournals) {
  Options options = options_for("other");
  options.session_mode = SessionMode::kAutomatic;
  options.session_idle_max = 1ms;
  options.batch_age_max = 1h;
  Client client = open(options);
  const Client stuck = keep_the_thread_waiting();
  record(client);
  // SessionStart, Click, and the SessionEnd of a session that was idle
  EXPECT_TRUE(eventually([&] { return client.stats().recorded == 3; }));
}

TEST_F(SharedSenderTest, WhoeverWaitsIsServedOnceTheRequestIsOver) {
  options_.request_timeout = 1s;
  Client client = open("other");
  record(client);
  ASSERT_TRUE(client.flush(kPatience).ok());
  const Client stuck = keep_the_thread_waiting();
  record(client);
  EXPECT_TRUE(acknowledged(client, 2));
  EXPECT_EQ(stuck.stats().acknowledged, 0u);
}

TEST_F(SharedSenderTest, AClientWithMuchToSendLetsTheOthersHaveTheirTurns) {
  std::atomic<bool> goes_on{false};
  std::atomic<int> requests{0};
  gateway_.answer_with([&](const test::ReceivedRequest& request) {
    if (request.headers.at("authorization") == "Bearer wk_busy" && ++requests > 20) {
      EXPECT_TRUE(eventually([&] { return goes_on.load(); }));
    }
    return test::accept_all(request);
  });
  Options busy = options_for("busy");
  busy.write_key = "wk_busy";
  busy.batch_events_max = 1;
  Client much = open(busy), little = open("little");
  record(much, 150);
  record(little);
  EXPECT_TRUE(acknowledged(little, 1));
  EXPECT_LT(much.stats().acknowledged, 30u);
  goes_on = true;
  EXPECT_TRUE(much.flush(kPatience).ok());
}

TEST_F(SharedSenderTest, ClientsComeAndGoOnManyThreads) {
  constexpr int kThreads = 32, kRounds = 6;
  std::atomic<std::uint64_t> recorded{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t) + 1);
      for (int round = 0; round < kRounds; ++round) {
        Client client = open("folder-" + std::to_string(random() % 8));
        const int events = static_cast<int>(random() % 5);
        record(client, events);
        recorded += static_cast<std::uint64_t>(events);
        if (random() % 2 == 0) static_cast<void>(client.close(0ms));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int folder = 0; folder < 8; ++folder) {
    Client client = open("folder-" + std::to_string(folder));
    EXPECT_TRUE(client.flush(kPatience).ok());
  }
  EXPECT_EQ(sender_threads(), 0u);
  std::set<std::pair<std::string, std::uint64_t>> kept;
  for (const auto& request : gateway_.requests()) {
    const auto batch = request.batch();
    for (const auto& event : batch["events"]) kept.emplace(batch["installId"], event["seq"]);
  }
  EXPECT_EQ(kept.size(), recorded);
}

}  // namespace
}  // namespace penstock
