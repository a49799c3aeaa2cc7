// Goal: the two events of a session say what an analyst needs, in the form of all events.
#include "session/session_event.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "wire/limits.hpp"

namespace penstock::session {
namespace {

TEST(SessionEventTest, AStartSaysWhoseSessionBeganWhen) {
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  write_session_start({R"("s-1")", R"("u-1")"}, 1'800'000'000'123, out);
  EXPECT_EQ(out.text(),
            R"({"eventType":"UserActivity","timestamp":"2027-01-15T08:00:00.123Z","userId":"u-1",)"
            R"("sessionId":"s-1","activityType":"SessionStart","schemaVersion":1})");
}

TEST(SessionEventTest, AnEndSaysHowLongHowManyAndWhy) {
  for (const auto& [reason, name] : {std::pair{EndReason::kClosed, "closed"},
                                     {EndReason::kIdle, "idle"},
                                     {EndReason::kKilled, "killed"}}) {
    char buffer[kSessionEventBytesMax];
    wire::JsonWriter out(buffer, sizeof buffer);
    write_session_end({R"("s-1")", ""},
                      {1'800'000'000'123, std::chrono::milliseconds(61'500), 17, reason}, out);
    const auto event = nlohmann::json::parse(out.text());
    EXPECT_EQ(event["activityType"], "SessionEnd");
    EXPECT_FALSE(event.contains("userId"));
    EXPECT_EQ(event["details"]["duration"], 61.5);
    EXPECT_EQ(event["details"]["events"], 17);
    EXPECT_EQ(event["details"]["endReason"], name);
  }
}

TEST(SessionEventTest, TheLongestOneFits) {
  const std::string id = '"' + std::string(wire::kIdentifierBytesMax, 'x') + '"';
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  write_session_end({id, id},
                    {253'402'300'799'999, std::chrono::milliseconds(kMost),
                     std::numeric_limits<std::uint64_t>::max(), EndReason::kKilled},
                    out);
  EXPECT_FALSE(out.overflowed());
}

TEST(SessionEventTest, AClockBefore1970AndANegativeDurationAreZero) {
  char buffer[kSessionEventBytesMax];
  wire::JsonWriter out(buffer, sizeof buffer);
  write_session_end({R"("s-1")", ""}, {-5, std::chrono::milliseconds(-5), 0, EndReason::kClosed},
                    out);
  const auto event = nlohmann::json::parse(out.text());
  EXPECT_EQ(event["timestamp"], "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(event["details"]["duration"], 0.0);
}

}  // namespace
}  // namespace penstock::session
