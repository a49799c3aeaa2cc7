// Goal: what several partitions bring is shown in the order in which it happened, as long as it
// comes within a moment, and nothing is held longer. Method: a clock that the test turns.
#include "time_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TimeOrderTest : public ::testing::Test {
 protected:
  void add(int second) {
    Record record;
    record.offset = second;
    record.value = R"({"timestamp":"2026-01-02T03:04:)" + std::to_string(second) + R"(.000Z"})";
    order_.add(std::move(record), now_);
  }
  std::vector<std::int64_t> due() {
    std::vector<std::int64_t> seconds;
    for (const auto& record : order_.due(now_)) seconds.push_back(record.offset);
    return seconds;
  }

  TimeOrder::Clock::time_point now_ = TimeOrder::Clock::time_point(1h);
  TimeOrder order_{100ms, 3};
};

TEST_F(TimeOrderTest, WhatComesWithinThePatienceIsPutInOrder) {
  add(20);
  now_ += 99ms;
  add(10);
  EXPECT_THAT(due(), IsEmpty());
  now_ += 1ms;
  EXPECT_THAT(due(), ElementsAre(10, 20));
}

TEST_F(TimeOrderTest, WhatComesLaterIsNotWaitedFor) {
  add(20);
  now_ += 100ms;
  EXPECT_THAT(due(), ElementsAre(20));
  add(10);
  now_ += 100ms;
  EXPECT_THAT(due(), ElementsAre(10));
}

TEST_F(TimeOrderTest, NothingWaitsLongerForWhatComesBeforeIt) {
  add(20);
  for (int second = 19; second > 10; --second) {
    now_ += 10ms;
    add(second);
  }
  now_ += 10ms;
  EXPECT_THAT(due(), ElementsAre(11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
}

TEST_F(TimeOrderTest, NoMoreAreHeldThanAllowed) {
  for (const int second : {14, 13, 12, 11}) add(second);
  EXPECT_THAT(due(), ElementsAre(11));
  EXPECT_EQ(order_.all().size(), 3U);
}

}  // namespace
}  // namespace penstock::ctl
