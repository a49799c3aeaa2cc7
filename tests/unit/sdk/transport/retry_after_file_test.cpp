// Goal: what a gateway asked for is found again by the next run, and no clock makes it longer than
// an hour. Method: a real file, and the time as an argument.
#include "transport/retry_after_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_directory.hpp"
#include "transport/retry_policy.hpp"

namespace penstock::transport {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr std::int64_t kHour = milliseconds(kRetryAfterMax).count();

class RetryAfterFileTest : public ::testing::Test {
 protected:
  RetryAfterFile open(const std::string& gateway = "gateway.example:443") const {
    return {directory_.path(), gateway};
  }
  test::TempDirectory directory_;
};

TEST_F(RetryAfterFileTest, ANewOneHoldsNothing) { EXPECT_EQ(open().left(kNow), 0ms); }

TEST_F(RetryAfterFileTest, TheNextRunFindsWhatIsLeft) {
  open().keep(kNow + 5000);
  EXPECT_EQ(open().left(kNow + 1000), 4000ms);
  EXPECT_EQ(open().left(kNow + 4999), 1ms);
  EXPECT_EQ(open().left(kNow + 5000), 0ms);
  EXPECT_EQ(open().left(kNow + 9000), 0ms);
}

TEST_F(RetryAfterFileTest, AnotherGatewayIsNotHeld) {
  open().keep(kNow + 5000);
  EXPECT_EQ(open("other.example:443").left(kNow), 0ms);
}

TEST_F(RetryAfterFileTest, AllOfTheCapIsObeyed) {
  open().keep(kNow + kHour);
  EXPECT_EQ(open().left(kNow), kRetryAfterMax);
}

TEST_F(RetryAfterFileTest, AClockThatWasSetBackHoldsAnHourInAllNotAnHourAfterEachStart) {
  open().keep(kNow + kHour);
  const std::int64_t year_before = kNow - 365 * 24 * kHour;
  EXPECT_EQ(open().left(year_before), kRetryAfterMax);
  EXPECT_EQ(open().left(year_before + kHour / 2), 30min);
  EXPECT_EQ(open().left(year_before + kHour), 0ms);
}

TEST_F(RetryAfterFileTest, DamageHoldsNobodyLongerThanTheCap) {
  std::ofstream(directory_ / "retry-after") << std::string(4096, '\xff');
  EXPECT_LE(open().left(kNow), kRetryAfterMax);
}

TEST_F(RetryAfterFileTest, ACutFileIsCompleted) {
  std::ofstream(directory_ / "retry-after") << "x";
  open().keep(kNow + 5000);
  EXPECT_EQ(open().left(kNow), 5000ms);
}

TEST_F(RetryAfterFileTest, WithoutAFolderNothingIsKeptAndNothingFails) {
  RetryAfterFile file(directory_ / "missing", "gateway.example:443");
  file.keep(kNow + 5000);
  EXPECT_EQ(file.left(kNow), 0ms);
}

}  // namespace
}  // namespace penstock::transport
