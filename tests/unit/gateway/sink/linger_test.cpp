// Goal: a record waits only where that saves requests to Kafka, and never longer than allowed.
#include "sink/linger.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "sink/in_flight.hpp"
#include "sink/queue_budget.hpp"
#include "support/eventually.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class LingerTest : public testing::Test {
 protected:
  ~LingerTest() override {
    for (DeliveryPart* part : parts_) part->report(part->records() + 1, RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  DeliveryPart& part(std::uint32_t records = 1) {
    auto* whole = new Delivery(std::make_shared<const Batch>(), *budget_.take(records, 0),
                               {context_.get_executor(), [](const Outcome<void>&) {}}, 1);
    parts_.push_back(new DeliveryPart(*whole, records, in_flight_));
    parts_.back()->start();
    return *parts_.back();
  }
  static std::vector<DeliveryPart*> chain(DeliveryPart* first) {
    std::vector<DeliveryPart*> all;
    for (; first != nullptr; first = first->next_waiting) all.push_back(first);
    return all;
  }

  boost::asio::io_context context_;
  QueueBudget budget_{1'000'000, 1'000'000};
  InFlight in_flight_;
  std::vector<DeliveryPart*> parts_;
};

TEST_F(LingerTest, WhatFindsNothingOnItsWayGoesAtOnce) {
  Linger linger(1h);
  for (int i = 0; i < 3; ++i) {
    DeliveryPart& alone = part(7);
    EXPECT_THAT(chain(linger.add(alone)), ElementsAre(&alone));
    EXPECT_THAT(chain(linger.reported(7)), IsEmpty());
  }
}

TEST_F(LingerTest, WhatComesMeanwhileGoesTogetherWhenAllOfThatIsReported) {
  Linger linger(1h);
  linger.add(part(2));
  DeliveryPart &second = part(), &third = part(5);
  EXPECT_THAT(chain(linger.add(second)), IsEmpty());
  EXPECT_THAT(chain(linger.add(third)), IsEmpty());
  EXPECT_THAT(chain(linger.reported(1)), IsEmpty());
  EXPECT_THAT(chain(linger.reported(1)), ElementsAre(&second, &third));
  DeliveryPart& fourth = part();
  EXPECT_THAT(chain(linger.add(fourth)), IsEmpty());
  EXPECT_THAT(chain(linger.reported(6)), ElementsAre(&fourth));
}

TEST_F(LingerTest, NothingWaitsLongerThanTheLongestWait) {
  Linger linger(20ms);
  linger.add(part());
  const auto begin = std::chrono::steady_clock::now();
  DeliveryPart& waiting = part();
  EXPECT_THAT(chain(linger.add(waiting)), IsEmpty());
  EXPECT_LE(linger.sleep(1h), 20ms);
  EXPECT_EQ(linger.sleep(0ms), 0ms);
  std::vector<DeliveryPart*> due;
  EXPECT_TRUE(test::eventually([&] { return !(due = chain(linger.overdue())).empty(); }));
  EXPECT_THAT(due, ElementsAre(&waiting));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
}

TEST_F(LingerTest, NothingWaitsWhereThatIsTurnedOff) {
  Linger linger(0ms);
  for (int i = 0; i < 3; ++i) {
    DeliveryPart& each = part();
    EXPECT_THAT(chain(linger.add(each)), ElementsAre(&each));
  }
}

TEST_F(LingerTest, AThousandRecordsAreCompanyEnough) {
  Linger linger(1h);
  linger.add(part());
  DeliveryPart &most = part(999), &last = part();
  EXPECT_THAT(chain(linger.add(most)), IsEmpty());
  EXPECT_THAT(chain(linger.add(last)), ElementsAre(&most, &last));
}

TEST_F(LingerTest, WhereManyComeTheyAreLeftToLibrdkafka) {
  Linger linger(5ms);
  const auto begin = Linger::Clock::now();
  linger.add(part(200), begin);
  EXPECT_FALSE(linger.many_come());  // they may have been the only ones
  DeliveryPart &late = part(), &later = part();
  EXPECT_THAT(chain(linger.add(late, begin + 5ms)), ElementsAre(&late));
  EXPECT_TRUE(linger.many_come());
  // So few came since then that they are handled with care again.
  EXPECT_THAT(chain(linger.add(later, begin + 10ms)), IsEmpty());
  EXPECT_FALSE(linger.many_come());
  EXPECT_THAT(chain(linger.reported(201)), ElementsAre(&later));
}

TEST_F(LingerTest, WithNothingToLookForTheCallerSleepsAsLongAsItLikes) {
  Linger linger(5ms);
  EXPECT_EQ(linger.sleep(100ms), 100ms);
  linger.add(part());
  EXPECT_LE(linger.sleep(100ms), 5ms);
  linger.reported(1);
  EXPECT_EQ(linger.sleep(100ms), 100ms);
}

}  // namespace
}  // namespace penstock::gateway
