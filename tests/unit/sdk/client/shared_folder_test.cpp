// Goal: many clients and processes share one folder, and what each has recorded arrives, whoever
// sends it. Method: the public API against a real server in this process; children that end at
// once, or are killed at random moments.
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/sanitized.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using nlohmann::json;
using test::eventually;
using test::kPatience;
using namespace std::chrono_literals;

class SharedFolderTest : public ::testing::Test {
 protected:
  SharedFolderTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.dangerously_allow_plain_http = true;
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    gateway_.answer_with(
        [](const test::ReceivedRequest& request) { return test::accept_all(request); });
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  static pid_t start(const std::function<int()>& program) {
    const pid_t child = fork();
    if (child == 0) _exit(program());
    return child;
  }
  static int result_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }
  // How often each page was viewed, an event that was sent twice once.
  std::map<std::string, int> views() {
    std::map<std::string, std::string> page_of;
    for (const auto& request : gateway_.requests()) {
      const json batch = request.batch();
      for (const auto& event : batch["events"])
        page_of[batch["installId"].dump() + event["seq"].dump()] = event["pageId"];
    }
    std::map<std::string, int> views;
    for (const auto& [name, page] : page_of) ++views[page];
    return views;
  }

  test::TempDirectory directory_;
  // Without TLS: a fork must not meet a thread of this process that holds a lock of OpenSSL.
  test::TestGateway gateway_{nullptr};
  Options options_;
};

TEST_F(SharedFolderTest, OneProcessMayOpenAFolderSeveralTimes) {
  {
    Client first = open();
    Client second = open();
    EXPECT_NE(first.stats().install_id, second.stats().install_id);
    ASSERT_TRUE(first.track(Event::page_view("first")));
    ASSERT_TRUE(second.track(Event::page_view("second")));
    ASSERT_TRUE(first.close(kPatience));
    ASSERT_TRUE(second.track(Event::page_view("second")));
    ASSERT_TRUE(second.close(kPatience));
  }
  EXPECT_EQ(views(), (std::map<std::string, int>{{"first", 1}, {"second", 2}}));
}

TEST_F(SharedFolderTest, AProgramThatLivesForAMomentLeavesItsEventsToOneThatStays) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  constexpr int kPrograms = 20;
  for (int i = 0; i < kPrograms; ++i) {
    const pid_t child = start([&] {
      Client client = open();
      if (!client.track(Event::page_view("tool"))) return 1;
      const Status left = client.close(0ms);
      // By chance all of it is sent already.
      return left.ok() || left.message().find("in the journal for the next") != std::string::npos
                 ? 0
                 : 2;
    });
    ASSERT_EQ(result_of(child), 0);
  }
  options_.adopt_interval = 10ms;
  Client resident = open();
  EXPECT_TRUE(eventually([&] { return views()["tool"] == kPrograms; }));
  // It goes on doing so, without a call.
  const pid_t late = start([&] {
    options_.adopt_interval = 0ms;
    options_.endpoint = "https://127.0.0.1:1";
    Client client = open();
    const bool recorded = client.track(Event::page_view("late")).ok();
    static_cast<void>(client.close(0ms));
    return recorded ? 0 : 1;
  });
  ASSERT_EQ(result_of(late), 0);
  EXPECT_TRUE(eventually([&] { return views()["late"] == 1; }));
}

TEST_F(SharedFolderTest, EightProcessesThatAreKilledAtRandomLoseNothing) {
  if (test::kForkIsSanitized) GTEST_SKIP() << "a forked child has threads of its own";
  constexpr std::size_t kProcesses = 8;
  constexpr int kKills = 24;
  struct Progress {
    std::atomic<int> returned, intended;  // events of all runs of one process
  };
  using All = std::array<Progress, kProcesses>;
  void* const shared =
      mmap(nullptr, sizeof(All), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  All& progress = *static_cast<All*>(shared);
  options_.batch_age_max = 5ms;
  options_.adopt_interval = 20ms;

  const auto run = [&](std::size_t i) {
    return start([&, i] {
      Client client = open();
      for (;;) {
        ++progress[i].intended;
        if (!client.track(Event::page_view("process-" + std::to_string(i)))) return 1;
        ++progress[i].returned;
        std::this_thread::sleep_for(1ms);  // the pace, not a wait for anything
      }
    });
  };
  std::array<pid_t, kProcesses> children{};
  for (std::size_t i = 0; i < kProcesses; ++i) children[i] = run(i);
  std::mt19937 random(20261128);
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const std::size_t i = random() % kProcesses;
    const int before = progress[i].returned;
    const int more = static_cast<int>(random() % 20);
    EXPECT_TRUE(eventually([&] { return progress[i].returned >= before + more; }));
    kill(children[i], SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(result_of(children[i]))) << "it ended by itself";
    children[i] = run(i);
  }
  for (const pid_t child : children) {
    kill(child, SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(result_of(child)));
  }
  ASSERT_TRUE(open().close(kPatience));
  auto arrived = views();
  for (std::size_t i = 0; i < kProcesses; ++i) {
    const int count = arrived["process-" + std::to_string(i)];
    EXPECT_GE(count, progress[i].returned) << i;
    EXPECT_LE(count, progress[i].intended) << i;
  }
  munmap(shared, sizeof(All));
}

}  // namespace
}  // namespace penstock
