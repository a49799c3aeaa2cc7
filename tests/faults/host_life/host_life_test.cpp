// Goal: whatever way a program ends, forks or cancels threads, it does not crash or hang, and each
// event that track() returned ok for is sent once, by it or by the next run. Method: penstock-host,
// again and again on one folder, against a real TLS server in this process.
//
// PENSTOCK_ROUNDS says how often each; scripts/stress runs 1,000.
#include <gmock/gmock.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "penstock/penstock.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"
#include "support/tree.hpp"

namespace penstock {
namespace {

using test::kPatience;
using namespace std::chrono_literals;

constexpr int kRoundsOfAServer = 100;  // which keeps what it got

int rounds() {
  const char* const asked = std::getenv("PENSTOCK_ROUNDS");
  return asked == nullptr ? 8 : std::stoi(asked);
}

class HostLifeTest : public ::testing::Test {
 protected:
  HostLifeTest() {
    std::ofstream(counter_) << std::string(8, '\0');
    renew_server();
  }

  int run(const std::string& way, long number) {
    if (++runs_ % kRoundsOfAServer == 0) renew_server();
    test::ChildProcess host(
        {{test::build_tree() / "tests/faults/host_life/penstock-host", way, folder_,
          gateway_->endpoint(), certificate_.ca_file(), counter_, std::to_string(number)},
         {{"PENSTOCK_LIBRARY", test::build_tree() / "sdk/src/libpenstock.so"}},
         {}});
    return host.wait(kPatience).value_or(-1);
  }

  void renew_server() {
    if (gateway_) take_in();
    gateway_ = std::make_unique<test::TestGateway>(&certificate_);
    gateway_->answer_with([](const test::ReceivedRequest& request) {
      const bool events = request.batch().contains("events");  // else a request for erasure
      return events ? test::accept_all(request) : test::reply(202, "{}");
    });
  }

  // What the server got, without what was sent again.
  void take_in() {
    for (const auto& request : gateway_->requests()) {
      const nlohmann::json batch = request.batch();
      if (!batch.contains("events")) continue;
      for (const auto& event : batch.at("events"))
        received_.emplace(batch.at("installId"), event.at("seq"));
    }
  }

  void expect_that_all_returned_were_received() {
    Options options;
    options.directory = folder_;
    options.endpoint = gateway_->endpoint();
    options.ca_file = certificate_.ca_file();
    options.write_key = "wk_host";
    options.segment_bytes = 64 * 1024;
    options.event_bytes_max = 16 * 1024;
    auto client = Client::open(options);
    ASSERT_TRUE(client.ok()) << client.status().message();
    const Status flushed = client->flush(kPatience);
    EXPECT_TRUE(flushed.ok()) << flushed.message();
    take_in();
    std::ifstream file(counter_, std::ios::binary);
    std::uint64_t returned = 0;
    file.read(reinterpret_cast<char*>(&returned), sizeof returned);
    EXPECT_GT(returned, 0u);
    EXPECT_GE(received_.size(), returned);  // more: a thread was not yet counted
    EXPECT_LE(received_.size(), returned + 3 * static_cast<std::uint64_t>(runs_));
  }

  test::TempDirectory directory_;
  const std::string folder_ = directory_.path() / "telemetry";
  const std::string counter_ = directory_.path() / "returned";
  test::TestCertificate certificate_{directory_.path()};
  std::unique_ptr<test::TestGateway> gateway_;
  std::set<std::pair<std::string, std::uint64_t>> received_;
  int runs_ = 0;
};

class ExitTest : public HostLifeTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(ExitTest, NeverCrashesAndLosesNothing) {
  std::mt19937 random(7);
  for (int round = 0; round < rounds(); ++round) {
    const long microseconds = static_cast<long>(random() % 8000);
    ASSERT_EQ(run(GetParam(), microseconds), 0) << "round " << round << ", " << microseconds;
  }
  expect_that_all_returned_were_received();
}

INSTANTIATE_TEST_SUITE_P(Ways, ExitTest,
                         ::testing::Values("leaked", "made-before", "made-after", "handlers",
                                           "own-tls", "threads", "several", "dlclose"),
                         [](const auto& way) {
                           std::string name = way.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_F(HostLifeTest, ChildrenOfForkNeitherHangNorDisturbTheParent) {
  ASSERT_EQ(run("fork", 2 * rounds()), 0);
  expect_that_all_returned_were_received();
}

TEST_F(HostLifeTest, ACancellationThatIsPendingPassesOurCallsUnharmed) {
  ASSERT_EQ(run("cancel", rounds()), 0);
  expect_that_all_returned_were_received();
}

}  // namespace
}  // namespace penstock
