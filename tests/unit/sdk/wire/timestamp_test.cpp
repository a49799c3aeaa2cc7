// Goal: a time survives printing and reading, and only RFC 3339 is read.
// Method: known instants, random ones there and back, and a table of texts that are near misses.
#include "wire/timestamp.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <string>

namespace penstock::wire {
namespace {

using ::testing::Optional;

constexpr std::int64_t kFirst = -62'167'219'200'000;
constexpr std::int64_t kLast = 253'402'300'799'999;

std::string printed(std::int64_t unix_milliseconds) {
  std::string text(kTimestampBytes, '\0');
  format_timestamp(unix_milliseconds, text.data());
  return text;
}

TEST(Timestamp, PrintsKnownInstants) {
  EXPECT_EQ(printed(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(printed(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(printed(1'733'661'296'789), "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(printed(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(printed(-2'203'891'200'000), "1900-03-01T00:00:00.000Z");  // no leap day the day before
}

TEST(Timestamp, ClampsTimesThatFourDigitsOfAYearCannotSay) {
  EXPECT_EQ(printed(kFirst), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(printed(kFirst - 1), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(printed(std::numeric_limits<std::int64_t>::min()), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(printed(kLast), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(printed(kLast + 1), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(printed(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, ReadsBackWhatItPrints) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> instants(kFirst, kLast);
  for (int round = 0; round < 20'000; ++round) {
    const std::int64_t instant = instants(random);
    ASSERT_THAT(parse_timestamp(printed(instant)), Optional(instant)) << printed(instant);
  }
}

TEST(Timestamp, CountsEachDayOfFourCenturiesOnce) {
  constexpr std::int64_t kDay = 86'400'000;
  std::string yesterday = printed(kFirst);
  for (std::int64_t day = 1; day < 146'097; ++day) {
    const std::string today = printed(kFirst + day * kDay);
    ASSERT_LT(yesterday, today);  // ISO 8601 sorts as text
    ASSERT_THAT(parse_timestamp(today), Optional(kFirst + day * kDay));
    yesterday = today;
  }
}

TEST(Timestamp, ReadsWhatRfc3339Allows) {
  constexpr std::int64_t kSecond = 1'733'661'296'000;
  EXPECT_THAT(parse_timestamp("2024-12-08T12:34:56Z"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-12-08t12:34:56z"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-12-08T12:34:56.7Z"), Optional(kSecond + 700));
  EXPECT_THAT(parse_timestamp("2024-12-08T12:34:56.78Z"), Optional(kSecond + 780));
  EXPECT_THAT(parse_timestamp("2024-12-08T12:34:56.789999999Z"), Optional(kSecond + 789));
  EXPECT_THAT(parse_timestamp("2024-12-08T13:34:56+01:00"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-12-08T02:04:56-10:30"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-12-08T12:34:56-00:00"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-12-09T12:33:56+23:59"), Optional(kSecond));
  EXPECT_THAT(parse_timestamp("2024-02-29T00:00:00Z"), Optional(1'709'164'800'000));
}

TEST(Timestamp, ReadsALeapSecondAsTheLastMillisecondBeforeIt) {
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), parse_timestamp("2016-12-31T23:59:59.999Z"));
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60.5Z"), parse_timestamp("2016-12-31T23:59:59.999Z"));
}

TEST(Timestamp, RefusesAllElse) {
  for (const char* text : {"",
                           "2024",
                           "2024-12-08",
                           "2024-12-08T12:34Z",
                           "2024-12-08T12:34:56",
                           "2024-12-08 12:34:56Z",
                           "2024-12-08T12:34:56.Z",
                           "2024-12-08T12:34:56.1234567890Z",
                           "2024-12-08T12:34:56,7Z",
                           "2024-12-08T12:34:56Z ",
                           " 2024-12-08T12:34:56Z",
                           "2024-12-08T12:34:56ZZ",
                           "2024-12-08T24:00:00Z",
                           "2024-12-08T12:60:00Z",
                           "2024-12-08T12:34:61Z",
                           "2024-13-08T12:34:56Z",
                           "2024-00-08T12:34:56Z",
                           "2024-12-00T12:34:56Z",
                           "2024-12-32T12:34:56Z",
                           "2024-04-31T12:34:56Z",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-12-08T12:34:56+24:00",
                           "2024-12-08T12:34:56+01:60",
                           "2024-12-08T12:34:56+0100",
                           "2024-12-08T12:34:56+01",
                           "2024-12-08T12:34:56+",
                           "+2024-12-08T12:34:56Z",
                           "24-12-08T12:34:56Z",
                           "2024-1-08T12:34:56Z",
                           "2024-12-08T1a:34:56Z",
                           "20241208T123456Z"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace penstock::wire
