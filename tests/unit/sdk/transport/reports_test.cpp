// Goal: the program's log callback hears of each kind of change once in a while, and can do no harm.
#include "transport/reports.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <vector>

#include "platform/callback_scope.hpp"
#include "support/fake_time.hpp"

namespace penstock::transport {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

class ReportsTest : public ::testing::Test {
 protected:
  LogCallback collect() {
    return [this](LogLevel level, std::string_view code, std::string_view text) {
      EXPECT_EQ(level, LogLevel::kWarning);
      EXPECT_TRUE(platform::CallbackScope::is_open());
      lines_.push_back(std::string(code) + ": " + std::string(text));
    };
  }

  test::FakeTime time_;
  std::vector<std::string> lines_;
};

TEST_F(ReportsTest, OneLineAMinuteOfEachCodeAndTheNextSaysHowManyThereWere) {
  Reports reports(collect(), time_);
  reports.say(LogLevel::kWarning, "retrying", "first");
  reports.say(LogLevel::kWarning, "retrying", "second");
  reports.say(LogLevel::kWarning, "dropped", "other");
  time_.pass(59s);
  reports.say(LogLevel::kWarning, "retrying", "third");
  time_.pass(1s);
  reports.say(LogLevel::kWarning, "retrying", "fourth");
  time_.pass(60s);
  reports.say(LogLevel::kWarning, "retrying", "fifth");
  EXPECT_THAT(lines_,
              ElementsAre("retrying: first", "dropped: other",
                          "retrying: fourth (and 2 more since the last)", "retrying: fifth"));
  EXPECT_FALSE(platform::CallbackScope::is_open());
}

TEST_F(ReportsTest, WithoutACallbackAndWithOneThatThrowsNothingHappens) {
  Reports(LogCallback(), time_).say(LogLevel::kError, "refused", "text");
  Reports throws(
      [](LogLevel, std::string_view, std::string_view) { throw std::runtime_error("x"); }, time_);
  throws.say(LogLevel::kError, "refused", "text");
  EXPECT_FALSE(platform::CallbackScope::is_open());
}

}  // namespace
}  // namespace penstock::transport
