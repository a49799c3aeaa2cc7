// Goal: the oracle takes the time and the fields of an event as the application's contract says.
#include "faults/oracle/stream_event.hpp"

#include <gmock/gmock.h>

namespace penstock::oracle {
namespace {

constexpr std::int64_t kStreamNoon = 1'795'867'200'000;  // 2026-11-28T12:00:00Z

nlohmann::json gateway_event() {
  return {{"eventId", "id"},
          {"eventType", "UserActivity"},
          {"receivedAt", "2026-11-28T12:00:10.000Z"},
          {"timestamp", "2026-11-28T12:00:00.000Z"},
          {"activityType", "Click"},
          {"userId", nullptr},
          {"installId", "install"},
          {"details", {{"element", "approve"}}}};
}

std::int64_t after_noon(const nlohmann::json& event, std::int64_t arrived = 60'000) {
  return to_stream_event(event, kStreamNoon + arrived).time - kStreamNoon;
}

TEST(StreamEventTest, ItsFieldsAreReadAndNullIsAbsent) {
  const StreamEvent event = to_stream_event(gateway_event(), kStreamNoon);
  EXPECT_EQ(event.event_id, "id");
  EXPECT_EQ(event.actor(), "install");
  EXPECT_EQ(event.element, "approve");
  EXPECT_TRUE(event.is_click());
  EXPECT_FALSE(event.change);
}

TEST(StreamEventTest, ItsTimeIsMovedToTheGatewaysClock) {
  auto event = gateway_event();
  EXPECT_EQ(after_noon(event), 0);
  event["clockSkewMs"] = 2000;
  EXPECT_EQ(after_noon(event), 2000);
  event["clockSkewMs"] = -2000;
  EXPECT_EQ(after_noon(event), -2000);
}

TEST(StreamEventTest, AClockThatIsWrongByMoreThanADayIsNotBelieved) {
  auto event = gateway_event();
  event["clockSkewMs"] = -86'400'000;
  EXPECT_EQ(after_noon(event), -86'400'000);
  event["clockSkewMs"] = -86'400'001;
  EXPECT_EQ(after_noon(event), 10'000);
}

TEST(StreamEventTest, ItsTimeIsNeverAfterItsArrival) {
  auto event = gateway_event();
  event["clockSkewMs"] = 20'000;
  EXPECT_EQ(after_noon(event), 10'000);
  EXPECT_EQ(after_noon(event, 9'000), 9'000);
}

TEST(StreamEventTest, ATimeThatIsNoneIsSaid) {
  auto event = gateway_event();
  event["timestamp"] = "noon";
  EXPECT_THROW(to_stream_event(event, kStreamNoon), std::runtime_error);
}

}  // namespace
}  // namespace penstock::oracle
