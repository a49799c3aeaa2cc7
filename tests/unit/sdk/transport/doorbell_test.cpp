// Goal: who waits is woken by the number that he asked for, by a later one, and by wake(); by
// nothing else. Method: two threads, and deadlines that have passed already.
#include "transport/doorbell.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/eventually.hpp"

namespace penstock::transport {
namespace {

class DoorbellTest : public ::testing::Test {
 protected:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kNoDeadline = Clock::time_point::max();

  // True if something rings before `deadline`.
  bool rings_before(Clock::time_point deadline) {
    thread_.wait_until(deadline);
    return Clock::now() < deadline;
  }
  // Waits on a thread of its own, for ever.
  std::thread waiter() {
    return std::thread([this] {
      thread_.wait_until(kNoDeadline);
      woken_ = true;
    });
  }

  Bell thread_;
  Doorbell bell_{thread_};
  std::atomic<bool> woken_{false};
};

TEST_F(DoorbellTest, TheNumberThatWasAskedForRings) {
  bell_.arm(5);
  std::thread sender = waiter();
  bell_.ring(4);
  EXPECT_FALSE(woken_);
  bell_.ring(5);
  sender.join();
  EXPECT_TRUE(woken_);
}

TEST_F(DoorbellTest, ALaterNumberRingsToo) {
  bell_.arm(5);
  std::thread sender = waiter();
  bell_.ring(7);
  sender.join();
}

TEST_F(DoorbellTest, WakeRingsThoughNobodyAsked) {
  std::thread sender = waiter();
  bell_.wake();
  sender.join();
}

TEST_F(DoorbellTest, ARingBeforeTheWaitIsNotLost) {
  bell_.arm(1);
  bell_.ring(1);
  EXPECT_TRUE(rings_before(Clock::now() + test::kPatience));
}

TEST_F(DoorbellTest, ADeadlineThatHasPassedIsNotWaitedForHoweverLongAgo) {
  thread_.wait_until(Clock::now() - std::chrono::hours(1));
  thread_.wait_until(Clock::time_point::min());
}

TEST_F(DoorbellTest, SeveralRingsAreOne) {
  for (int i = 0; i < 3; ++i) bell_.wake();
  EXPECT_TRUE(rings_before(Clock::now() + test::kPatience));
  EXPECT_FALSE(rings_before(Clock::now() + std::chrono::milliseconds(1)));
}

TEST_F(DoorbellTest, AfterTheAnswerAndWhenDisarmedNumbersDoNotRing) {
  bell_.arm(1);
  bell_.disarm();
  bell_.ring(1);
  EXPECT_FALSE(rings_before(Clock::now() + std::chrono::milliseconds(1)));
  bell_.arm(2);
  bell_.ring(2);
  EXPECT_TRUE(rings_before(Clock::now() + test::kPatience));
  bell_.ring(3);  // nobody has asked again
  EXPECT_FALSE(rings_before(Clock::now() + std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace penstock::transport
