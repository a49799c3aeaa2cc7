// Goal: a client that fork() copies is nothing to the child, and the parent's is as if nothing had
// been; a child may have a client of its own. Method: the public API against a real TLS server in
// the parent; children that do what programs do with what they find.
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/sanitized.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using namespace std::chrono_literals;

class ForkTest : public ::testing::Test {
 protected:
  ForkTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.ca_file = certificate_.ca_file();
    options_.segment_bytes = 64 * 1024;
    options_.event_bytes_max = 16 * 1024;
    gateway_.answer_with(
        [](const test::ReceivedRequest& request) { return test::accept_all(request); });
  }

  std::optional<Client> open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    if (!client) return std::nullopt;
    return *std::move(client);
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
};

// What `child` returns, as the status of a process that fork() made; -1 if it does not end in time.
int in_child(const std::function<int()>& child) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(child());
  int status = 0;
  const bool ended = eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; });
  if (!ended) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The number of calls that did not return kClosed.
int calls_not_closed(Client& client) {
  const Status statuses[] = {client.track(Event::page_view("child")),
                             client.track_json(R"({"activityType":"Click"})"),
                             client.set_user("u"),
                             client.set_session("s"),
                             client.set_consent(Consent::kDenied),
                             client.forget(),
                             client.flush(1h),
                             client.close(1h)};
  int wrong = 0;
  for (const Status& status : statuses) wrong += status.code() == StatusCode::kClosed ? 0 : 1;
  return wrong + (client.stats().recorded == 0 ? 0 : 1) + (client.ledger().empty() ? 0 : 1);
}

TEST_F(ForkTest, EachCallInAChildIsClosedAndTheParentNoticesNothing) {
  auto client = open();
  ASSERT_TRUE(client->track(Event::page_view("before")).ok());
  ASSERT_TRUE(client->flush(kPatience).ok());  // so that no thread is busy
  EXPECT_EQ(in_child([&] {
              const int wrong = calls_not_closed(*client);
              client.reset();
              return wrong;
            }),
            0);
  ASSERT_TRUE(client->track(Event::page_view("after")).ok());
  const Status flushed = client->flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed.message();
  EXPECT_EQ(client->consent(), Consent::kUnknown);
  EXPECT_EQ(client->stats().acknowledged, 2u);
}

TEST_F(ForkTest, AClientIsMovedAndAssignedInAChildWithoutHarm) {
  auto client = open();
  EXPECT_EQ(in_child([&] {
              Client moved = *std::move(client);
              const int wrong = calls_not_closed(moved);
              moved = Client(std::move(moved));
              return wrong;
            }),
            0);
  ASSERT_TRUE(client->track(Event::page_view("after")).ok());
  EXPECT_TRUE(client->flush(kPatience).ok());
}

TEST_F(ForkTest, ChildrenEndAlsoIfThreadsRecordAtTheMomentOfTheFork) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  options_.disk_bytes_max = 4 * options_.segment_bytes;
  auto client = open();
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        static_cast<void>(client->track(Event::page_view("busy")));
        static_cast<void>(client->stats());
      }
    });
  }
  int wrong = 0;
  for (int i = 0; i < 40; ++i) {
    wrong += in_child([&] {
               const int not_closed = calls_not_closed(*client);
               client.reset();
               return not_closed;
             }) == 0
                 ? 0
                 : 1;
  }
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(client->flush(kPatience).ok());
}

TEST_F(ForkTest, AChildHasAClientOfItsOwn) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  auto client = open();
  ASSERT_TRUE(client->track(Event::page_view("parent")).ok());
  EXPECT_EQ(in_child([&] {
              auto own = Client::open(options_);
              if (!own) return 1;
              if (!own->track(Event::page_view("child"))) return 2;
              if (!own->flush(kPatience)) return 3;
              return own->stats().acknowledged == 1 ? 0 : 4;
            }),
            0);
  EXPECT_TRUE(client->flush(kPatience).ok());
  EXPECT_EQ(client->stats().acknowledged, 1u);
}

TEST_F(ForkTest, AChildsOwnClientIsNothingToItsChild) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  EXPECT_EQ(in_child([&] {
              auto own = Client::open(options_);
              if (!own) return 1;
              return in_child([&] { return calls_not_closed(*own); }) == 0 ? 0 : 2;
            }),
            0);
}

// Two ends of a pipe; what is read ends when the last process that holds `out` does.
struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    in = ends[0];
    out = ends[1];
  }
  ~Pipe() {
    ::close(in);
    ::close(out);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool wait_for_byte() const {
    char byte = 0;
    return ::read(in, &byte, 1) == 1;
  }
  void say() const { EXPECT_EQ(::write(out, "x", 1), 1); }

  int in = -1;
  int out = -1;
};

TEST_F(ForkTest, WhatAKilledProcessLeftIsFoundAlthoughItsWorkerLives) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  Pipe ready, end;
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    Options offline = options_;
    offline.endpoint = "https://127.0.0.1:1";
    auto client = Client::open(offline);
    if (!client || !client->track(Event::page_view("left"))) ::_exit(1);
    if (::fork() == 0) {
      ::close(end.out);
      ready.say();
      end.wait_for_byte();  // until the test lets go of it
      ::_exit(0);
    }
    for (;;) ::pause();
  }
  ASSERT_TRUE(ready.wait_for_byte());
  ::kill(parent, SIGKILL);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);

  auto client = open();
  EXPECT_TRUE(client->flush(kPatience).ok());
  EXPECT_EQ(client->stats().adopted, 1u);
  EXPECT_EQ(client->stats().acknowledged, 1u);
}

// Another program on the same folder, which is killed while the test's client runs.
class KilledSibling {
 public:
  explicit KilledSibling(Options options) {
    options.endpoint = "https://127.0.0.1:1";
    pid_ = ::fork();
    if (pid_ != 0) return;
    begin_.wait_for_byte();
    auto client = Client::open(options);
    if (client && client->track(Event::page_view("left"))) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  // Returns when it has recorded one event and is dead.
  void run() {
    begin_.say();
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status));
  }

 private:
  Pipe begin_;
  pid_t pid_ = -1;
};

TEST_F(ForkTest, FlushSendsWhatASiblingLeftThatWasKilledMeanwhile) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  options_.adopt_interval = 0ms;
  KilledSibling sibling(options_);
  auto client = open();
  ASSERT_TRUE(client->flush(kPatience).ok());
  sibling.run();
  const Status flushed = client->flush(kPatience);
  EXPECT_TRUE(flushed.ok()) << flushed.message();
  EXPECT_EQ(client->stats().adopted, 1u);
  EXPECT_EQ(client->stats().acknowledged, 1u);
}

TEST_F(ForkTest, AProgramThatRunsOnSendsWhatASiblingLeft) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  options_.adopt_interval = 10ms;
  KilledSibling sibling(options_);
  auto client = open();
  sibling.run();
  EXPECT_TRUE(eventually([&] { return client->stats().acknowledged == 1; }));
  EXPECT_EQ(client->stats().adopted, 1u);
  EXPECT_EQ(client->stats().pending, 0u);
}

// As an older kernel or a sandbox does.
bool refuse_wipe_on_fork() {
  constexpr auto kSystemCall = offsetof(seccomp_data, nr);
  constexpr auto kAdvice = offsetof(seccomp_data, args[2]);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kSystemCall),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kAdvice),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_WIPEONFORK, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(ForkTest, TheSameWhereTheKernelWipesNoPage) {
  if (test::kForkIsSanitized) GTEST_SKIP();
  EXPECT_EQ(in_child([&] {
              if (!refuse_wipe_on_fork()) return 100;
              void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              if (::madvise(page, 4096, MADV_WIPEONFORK) == 0) return 101;
              auto client = Client::open(options_);
              if (!client) return 102;
              const int wrong = in_child([&] {
                const int not_closed = calls_not_closed(*client);
                {
                  const Client gone = *std::move(client);
                }
                return not_closed;
              });
              if (wrong != 0) return wrong;
              if (!client->track(Event::page_view("after"))) return 103;
              return client->flush(kPatience).ok() ? 0 : 104;
            }),
            0);
}

}  // namespace
}  // namespace penstock
