// Goal: load balancers see what lasts. Method: a Kafka that comes and goes at given times.
#include "observe/steady_readiness.hpp"

#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;

class SteadyReadinessTest : public ::testing::Test {
 protected:
  // Asked `after` Kafka came or went.
  bool ready_after(bool available, std::chrono::milliseconds after) {
    return steady_.ready(available, changed_, changed_ + after);
  }

  SteadyReadiness steady_;
  SteadyReadiness::Clock::time_point changed_ = SteadyReadiness::Clock::now();
};

TEST_F(SteadyReadinessTest, AGatewayThatStartsIsReadyAsSoonAsKafkaIs) {
  EXPECT_FALSE(ready_after(false, 0ms));
  EXPECT_FALSE(ready_after(false, 1h));
  EXPECT_TRUE(ready_after(true, 0ms));
}

TEST_F(SteadyReadinessTest, AMomentWithoutKafkaChangesNothing) {
  EXPECT_TRUE(ready_after(true, 0ms));
  EXPECT_TRUE(ready_after(false, 2999ms));
  EXPECT_TRUE(ready_after(true, 10ms));
  EXPECT_TRUE(ready_after(false, 2999ms)) << "another one";
  EXPECT_FALSE(ready_after(false, 3000ms));
}

TEST_F(SteadyReadinessTest, AMomentWithKafkaDoesNotBringAGatewayBack) {
  EXPECT_TRUE(ready_after(true, 0ms));
  EXPECT_FALSE(ready_after(false, 3000ms));
  EXPECT_FALSE(ready_after(true, 1999ms));
  EXPECT_FALSE(ready_after(false, 10ms));
  EXPECT_FALSE(ready_after(true, 1999ms)) << "another one";
  EXPECT_TRUE(ready_after(true, 2000ms));
}

}  // namespace
}  // namespace penstock::gateway
