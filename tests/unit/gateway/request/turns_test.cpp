// Goal: long work lets other handlers of its thread run between its parts, and short work does not
// wait for them. Method: a handler that posts itself counts how often it ran while the work was
// under way.
#include "turns.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <stdexcept>
#include <vector>

namespace penstock::gateway {
namespace {

namespace net = boost::asio;

struct Course {
  std::vector<int> turns_of_others;  // how many there were when each item was worked on
  std::exception_ptr error;
};

Course run(std::vector<std::size_t> items, const std::function<std::size_t(std::size_t)>& work) {
  Course result;
  net::io_context context;
  int turns = 0;
  bool over = false;
  std::function<void()> other = [&] {
    ++turns;
    if (!over) net::post(context, other);
  };
  const std::function<std::size_t(std::size_t)> observed = [&](std::size_t item) {
    result.turns_of_others.push_back(turns);
    return work(item);
  };
  net::co_spawn(context, in_turns(items, observed), [&](const std::exception_ptr& error) {
    result.error = error;
    over = true;
  });
  net::post(context, other);
  context.run();
  return result;
}

std::size_t itself(std::size_t bytes) { return bytes; }

TEST(TurnsTest, OthersRunBetweenTheItemsOfLongWork) {
  EXPECT_EQ(run({kTurnBytes, kTurnBytes, 2 * kTurnBytes, 1}, itself).turns_of_others,
            (std::vector<int>{0, 1, 2, 3}));
}

TEST(TurnsTest, ShortWorkIsDoneInOneTurn) {
  EXPECT_EQ(run({1, kTurnBytes - 2, 0}, itself).turns_of_others, (std::vector<int>{0, 0, 0}));
  EXPECT_TRUE(run({}, itself).turns_of_others.empty());
}

TEST(TurnsTest, WhatTheWorkThrowsEndsIt) {
  const Course result = run({kTurnBytes, 1, 2}, [](std::size_t item) {
    if (item == 1) throw std::runtime_error("no memory");
    return item;
  });
  EXPECT_EQ(result.turns_of_others, (std::vector<int>{0, 1}));
  EXPECT_TRUE(result.error);
}

}  // namespace
}  // namespace penstock::gateway
