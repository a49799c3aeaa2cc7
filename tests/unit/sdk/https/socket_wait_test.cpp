// Goal: a wait ends when its socket is ready, at its deadline, or when another thread says so, and
// duties go on meanwhile. Method: real pairs of sockets.
#include "https/socket_wait.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "support/eventually.hpp"

namespace penstock::https {
namespace {

using std::chrono::milliseconds;

class SocketWaitTest : public ::testing::Test {
 protected:
  SocketWaitTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_), 0);
    EXPECT_TRUE(wait_.status());
  }
  ~SocketWaitTest() override {
    for (const int socket : sockets_) {
      if (socket >= 0) close(socket);
    }
  }

  Wake wait_for(short events) {
    return wait_.wait(sockets_[0], events, Clock::now() + test::kPatience);
  }

  // Called each millisecond; does `at_third` at the third call.
  template <typename Action>
  struct Duty final : WhileWaiting {
    explicit Duty(Action action) : at_third_(action) {}
    Clock::time_point while_waiting() noexcept override {
      if (++calls_ == 3) at_third_();
      return Clock::now() + milliseconds(1);
    }
    Action at_third_;
    int calls_ = 0;
  };

  SocketWait wait_;
  int sockets_[2] = {-1, -1};
};

TEST_F(SocketWaitTest, AWaitEndsWhenTheSocketIsReady) {
  EXPECT_EQ(wait_for(POLLOUT), Wake::kReady);
  EXPECT_EQ(wait_.wait(sockets_[0], POLLIN, Clock::now()), Wake::kDeadline);
  EXPECT_EQ(send(sockets_[1], "x", 1, 0), 1);
  EXPECT_EQ(wait_for(POLLIN), Wake::kReady);
  EXPECT_EQ(wait_.wait(sockets_[0], POLLIN, Clock::now()), Wake::kReady)
      << "one look at least, also at the deadline";
}

TEST_F(SocketWaitTest, AnErrorCountsAsReady) {
  shutdown(sockets_[1], SHUT_RDWR);
  EXPECT_EQ(wait_for(POLLIN), Wake::kReady);
  const int closed = dup(sockets_[0]);
  close(closed);
  EXPECT_EQ(wait_.wait(closed, POLLIN, Clock::now() + test::kPatience), Wake::kReady);
}

TEST_F(SocketWaitTest, AWaitDoesNotEndBeforeItsDeadline) {
  const auto deadline = Clock::now() + std::chrono::microseconds(1500);
  EXPECT_EQ(wait_.wait(sockets_[0], POLLIN, deadline), Wake::kDeadline);
  EXPECT_GE(Clock::now(), deadline);
}

TEST_F(SocketWaitTest, CancelEndsAllWaitsNowAndLater) {
  EXPECT_FALSE(wait_.cancelled());
  std::thread other([this] { wait_.cancel(); });
  EXPECT_EQ(wait_for(POLLIN), Wake::kCancelled);
  other.join();
  EXPECT_TRUE(wait_.cancelled());
  EXPECT_EQ(wait_for(POLLOUT), Wake::kCancelled) << "also where the socket is ready";
  wait_.resume();
  EXPECT_TRUE(wait_.cancelled()) << "it is for good";
  EXPECT_EQ(wait_for(POLLIN), Wake::kCancelled);
}

TEST_F(SocketWaitTest, AnInterruptLastsUntilResume) {
  wait_.interrupt();
  wait_.interrupt();
  EXPECT_TRUE(wait_.cancelled());
  EXPECT_EQ(wait_for(POLLOUT), Wake::kCancelled);
  wait_.resume();
  EXPECT_FALSE(wait_.cancelled());
  EXPECT_EQ(wait_for(POLLOUT), Wake::kReady);
  wait_.resume();
  EXPECT_EQ(wait_for(POLLOUT), Wake::kReady) << "one resume too many is none";
}

TEST_F(SocketWaitTest, DutiesGoOnUntilTheWaitEnds) {
  Duty duty([this] { EXPECT_EQ(send(sockets_[1], "x", 1, 0), 1); });
  wait_.set_while_waiting(&duty);
  EXPECT_EQ(wait_for(POLLIN), Wake::kReady);
  EXPECT_EQ(duty.calls_, 3);
  wait_.set_while_waiting(nullptr);
  EXPECT_EQ(wait_for(POLLIN), Wake::kReady);
  EXPECT_EQ(duty.calls_, 3);
}

TEST_F(SocketWaitTest, ASystemWithoutDescriptorsIsAStatus) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const SocketWait without;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(without.status().code(), StatusCode::kIo);
  EXPECT_NE(without.status().message().find("descriptor"), std::string::npos);
}

}  // namespace
}  // namespace penstock::https
