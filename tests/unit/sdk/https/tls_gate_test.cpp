// Goal: fork() waits for who is within OpenSSL and for nobody else, its child can use TLS, and at
// the end of a process nobody gets within any more. Method: real threads and real forks.
#include "https/tls_gate.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "support/eventually.hpp"

namespace penstock::https {
namespace {

class TlsGateTest : public ::testing::Test {
 protected:
// The thread sanitizer would take the child's new lock for the one that its parent had locked.
#if defined(__SANITIZE_THREAD__)
  static constexpr bool kChildMayEnter = false;
#else
  static constexpr bool kChildMayEnter = true;
#endif

  // Forks; the child goes through the gate and ends. True if it could. `forked()` runs in the
  // parent as soon as fork() has returned.
  template <typename Forked>
  static bool fork_works(Forked forked) {
    const pid_t child = fork();
    if (child != 0) forked();
    if (child == 0) {
      if (kChildMayEnter) {
        const InsideTls inside;
      }
      _exit(7);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 7;
  }
  static bool fork_works() {
    return fork_works([] {});
  }

  static pid_t this_thread() { return static_cast<pid_t>(syscall(SYS_gettid)); }
  // What it waits for will not come by itself.
  static bool sleeps(pid_t thread) {
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string number, name, state;
    file >> number >> name >> state;
    return state == "S";
  }
};

TEST_F(TlsGateTest, ForkWaitsUntilNoThreadIsInside) {
  std::atomic<pid_t> forker_id{0};
  std::atomic<bool> left{false}, forked_too_early{false}, forked{false};
  std::thread forker;
  {
    const InsideTls inside;
    forker = std::thread([&] {
      forker_id = this_thread();
      EXPECT_TRUE(fork_works([&] {
        forked_too_early = !left;
        forked = true;
      }));
    });
    EXPECT_TRUE(test::eventually([&] { return forked || (forker_id != 0 && sleeps(forker_id)); }));
    left = true;
  }
  forker.join();
  EXPECT_FALSE(forked_too_early);
}

TEST_F(TlsGateTest, ForkDoesNotWaitForThoseWhoAreOutside) {
  const InsideTls inside;
  {
    const OutsideTls waiting;
    EXPECT_TRUE(fork_works());
    const OutsideTls again;  // within a call to the host's code
    EXPECT_TRUE(fork_works());
  }
  std::atomic<bool> got_in{false};
  std::thread other([&] {
    const InsideTls beside;  // many may be
    got_in = true;
  });
  other.join();
  EXPECT_TRUE(got_in);
}

TEST_F(TlsGateTest, AThreadThatWasNeverInsideIsNotInsideAfterwards) {
  {
    const OutsideTls outside;
  }
  EXPECT_TRUE(fork_works()) << "it would wait for itself";
  {
    const InsideTls inside;
  }
  EXPECT_TRUE(fork_works());
}

TEST_F(TlsGateTest, AtTheEndWhoIsInsideIsWaitedForAndNobodyGetsInAnyMore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process of its own: it is for good
  const auto end_of_a_process = [] {
    static std::atomic<bool> inside{false}, left{false}, got_in{false};
    static std::atomic<pid_t> late_id{0};
    std::thread([closer = this_thread()] {
      const InsideTls within;
      inside = true;
      if (!test::eventually([closer] { return sleeps(closer); })) _exit(1);
      left = true;
    }).detach();
    while (!inside) std::this_thread::yield();
    close_tls_for_good();
    if (!left) _exit(2);
    close_tls_for_good();  // again is nothing
    std::thread([] {
      late_id = this_thread();
      const InsideTls within;
      got_in = true;
    }).detach();
    if (!test::eventually([] { return got_in || (late_id != 0 && sleeps(late_id)); })) _exit(3);
    if (got_in) _exit(4);
    const pid_t child = fork();  // it does not hang
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
    _exit(0);
  };
  EXPECT_EXIT(end_of_a_process(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace penstock::https
