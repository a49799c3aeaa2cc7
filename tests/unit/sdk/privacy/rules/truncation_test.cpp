// Goal: addresses, coordinates and times lose what they should, anything else gives nothing, and a
// second time changes nothing. Method: values by hand, then random bytes.
#include "privacy/rules/truncation.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>

namespace penstock::privacy {
namespace {

std::string ip(std::string_view text) {
  const std::string once(truncate_ip(text).view());
  EXPECT_EQ(truncate_ip(once).view(), once) << text;
  return once;
}
std::string place(std::string_view text, unsigned digits = 2) {
  const std::string once(truncate_coordinates(text, digits).view());
  EXPECT_EQ(truncate_coordinates(once, digits).view(), once) << text;
  return once;
}
std::string day(std::string_view text) {
  const std::string once(truncate_to_day(text).view());
  EXPECT_EQ(truncate_to_day(once).view(), once) << text;
  return once;
}

TEST(TruncationTest, CutsAddressesToTheirNetwork) {
  EXPECT_EQ(ip("203.0.113.77"), "203.0.113.0");
  EXPECT_EQ(ip("255.255.255.255"), "255.255.255.0");
  EXPECT_EQ(ip("2001:db8:1:2:3:4:5:6"), "2001:db8:1::");
  EXPECT_EQ(ip("2001:0DB8:00AB::1"), "2001:db8:ab::");
  EXPECT_EQ(ip("2001:db8:0:1::1"), "2001:db8::");
  EXPECT_EQ(ip("0:0:5::1"), "0:0:5::");
  EXPECT_EQ(ip("fe80::1"), "fe80::");
  EXPECT_EQ(ip("::1"), "::");
  EXPECT_EQ(ip("::ffff:203.0.113.77"), "203.0.113.0");
  EXPECT_EQ(ip("::ffff:cb00:714d"), "203.0.113.0");
}

TEST(TruncationTest, KnowsWhatIsNoAddress) {
  for (const char* text :
       {"", "203.0.113", "203.0.113.256", "203.0.113.077", "203.0.113.77:80", " 203.0.113.77",
        "[2001:db8::1]", "fe80::1%eth0", "2001:db8", ":::", "anna", "203.0.113.77 and more of it",
        "0000000000000000000000000000000000000000000000000000001"}) {
    EXPECT_EQ(ip(text), "") << text;
  }
  EXPECT_EQ(ip(std::string_view("203.0.113.77\0", 13)), "");
  EXPECT_EQ(ip(std::string(100'000, ':')), "");
}

TEST(TruncationTest, CutsCoordinatesWithoutRounding) {
  EXPECT_EQ(place("48.8583701, 2.2999999"), "48.85, 2.29");
  EXPECT_EQ(place("48.8583701,2.2999999"), "48.85,2.29");
  EXPECT_EQ(place("-33.999"), "-33.99");
  EXPECT_EQ(place("+1.005 -0.004"), "+1.00 -0.00");
  EXPECT_EQ(place("48.8"), "48.8");
  EXPECT_EQ(place("48"), "48");
  EXPECT_EQ(place("[2.29448, 48.85837]"), "[2.29, 48.85]");
  EXPECT_EQ(place("(180.99999; -180.5/12.345)"), "(180.99; -180.5/12.34)");
  EXPECT_EQ(place("1.23456789", 1), "1.2");
  EXPECT_EQ(place("1.23456789", 4), "1.2345");
}

TEST(TruncationTest, KnowsWhatAreNoCoordinates) {
  for (const char* text : {"",
                           " ",
                           ",",
                           "-",
                           "48.",
                           ".5",
                           "181",
                           "2026",
                           "1e5",
                           "48,8583701",
                           "48,2",
                           "48.8583N",
                           "48 51 29.6",
                           "1.1, 2.2, 3.3, 4.4, 5.5",
                           "48.85.83",
                           "48.8-2.2",
                           "Paris 48.8583",
                           "48\xC2\xB0 51",
                           "NaN",
                           "0x10",
                           "48.8583\n2.29"}) {
    EXPECT_EQ(place(text), "") << text;
  }
  EXPECT_EQ(place("1." + std::string(126, '9')), "1.99");
  EXPECT_EQ(place("1." + std::string(127, '9')), "");
}

TEST(TruncationTest, CutsTimesToTheDayInUtc) {
  EXPECT_EQ(day("2026-11-28T00:00:00Z"), "2026-11-28");
  EXPECT_EQ(day("2026-11-28T23:59:59.999Z"), "2026-11-28");
  EXPECT_EQ(day("2026-11-28T23:30:00-05:00"), "2026-11-29");
  EXPECT_EQ(day("1968-02-29t12:00:00z"), "1968-02-29");
  EXPECT_EQ(day("2026-11-28"), "2026-11-28");
  EXPECT_EQ(day("1795910400"), "2026-11-29");
  EXPECT_EQ(day("1795910399.999"), "2026-11-28");
  EXPECT_EQ(day("1795910399999"), "2026-11-28");
  EXPECT_EQ(day("-315619200"), "1960-01-01");
  EXPECT_EQ(day("-315619200000"), "1960-01-01");
  EXPECT_EQ(day("999999999999999"), "9999-12-31");
}

TEST(TruncationTest, KnowsWhatIsNoTime) {
  for (const char* text :
       {"", "yesterday", "2026", "20261128", "2026-02-30", "2026-11-28 10:00", "28.11.2026",
        "1795910400.", "1795910400.x", "1795910399999.5", "1795910400.1234567890", "+1795910400",
        "1.79e9", "-", "9999999999999999", "2026-11-28T25:00:00Z"}) {
    EXPECT_EQ(day(text), "") << text;
  }
}

TEST(TruncationTest, GivesPlainTextForAnyBytesAndTheSameASecondTime) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  constexpr std::string_view kLikely = "0123456789..::,--++  /;[]()abcdefTZ\xFF\"\\";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto size = random() % 24; size > 0; --size) text += kLikely[random() % kLikely.size()];
    for (const std::string& result : {ip(text), place(text), day(text)}) {
      ASSERT_EQ(result.find_first_not_of("0123456789abcdef.:,-+ /;[]()"), std::string::npos)
          << text;
    }
  }
}

}  // namespace
}  // namespace penstock::privacy
