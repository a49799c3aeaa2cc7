// Goal: a slip of a letter or two is seen as one, and nothing else is. Method: names with and
// without slips.
#include "config/nearest_name.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace penstock {
namespace {

TEST(NearestNameTest, IsWithinTheGivenSlips) {
  const std::vector<std::string> names = {"brokers", "linger"};
  EXPECT_EQ(nearest_name("brokerz", names, 1), "brokers");
  EXPECT_EQ(nearest_name("broker", names, 1), "brokers");
  EXPECT_EQ(nearest_name("brkr", names, 2), "");
  EXPECT_EQ(nearest_name("", names, 2), "");
}

}  // namespace
}  // namespace penstock
