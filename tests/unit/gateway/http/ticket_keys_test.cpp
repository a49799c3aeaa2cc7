// Goal: each key seals tickets for its period, opens them for one more, and is gone then.
#include "http/ticket_keys.hpp"

#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

using std::chrono::seconds;

class TicketKeysTest : public ::testing::Test {
 protected:
  TicketKeys::Name name_at(seconds at) { return keys_.current(begin_ + at)->name; }
  bool opens(const TicketKeys::Name& name, seconds at) {
    return keys_.find(name, begin_ + at).has_value();
  }

  TicketKeys keys_{seconds(100)};
  const TicketKeys::Clock::time_point begin_ = TicketKeys::Clock::now();
};

TEST_F(TicketKeysTest, OneKeySealsForItsPeriod) {
  const auto first = name_at(seconds(0));
  EXPECT_EQ(name_at(seconds(99)), first);
  EXPECT_NE(name_at(seconds(100)), first);
}

TEST_F(TicketKeysTest, AKeyOpensForOnePeriodMore) {
  const auto first = name_at(seconds(0));
  EXPECT_TRUE(keys_.find(first, begin_ + seconds(99))->current);
  EXPECT_FALSE(keys_.find(first, begin_ + seconds(100))->current);
  const auto second = name_at(seconds(150));
  EXPECT_TRUE(opens(first, seconds(199)));
  EXPECT_FALSE(opens(first, seconds(200)));
  EXPECT_TRUE(opens(second, seconds(349)));
}

TEST_F(TicketKeysTest, KeysEndAlsoWhileNobodyAsks) {
  const auto first = name_at(seconds(0));
  keys_.expire(begin_ + seconds(1000));
  EXPECT_FALSE(opens(first, seconds(0)));
}

TEST_F(TicketKeysTest, ANameThatIsNotOursOpensNothing) {
  EXPECT_FALSE(opens({}, seconds(0)));
  name_at(seconds(0));
  EXPECT_FALSE(opens({}, seconds(0)));
}

}  // namespace
}  // namespace penstock::gateway
