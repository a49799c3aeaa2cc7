// Goal: ids are those that RFC 9562 names, so that other languages make and read the same.
// Method: the RFC's own examples, and the bits that it fixes in what is random.
#include "wire/uuid.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace penstock::wire {
namespace {

Uuid uuid(std::string_view text) {
  const auto parsed = parse_uuid(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Uuid{});
}

const Uuid kDns = uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

TEST(Uuid, ReadsBackWhatItPrints) {
  const std::string text = "00010203-0405-0607-0809-0a0b0c0d0eff";
  EXPECT_EQ(uuid(text).text(), text);
  EXPECT_EQ(uuid("00010203-0405-0607-0809-0A0B0C0D0EFF").text(), text);
}

TEST(Uuid, RefusesWhatIsNoUuid) {
  for (const char* text :
       {"", "00010203-0405-0607-0809-0a0b0c0d0ef", "00010203-0405-0607-0809-0a0b0c0d0eff0",
        "0001020304050607-0809-0a0b0c0d0eff00", "00010203-0405-0607-0809-0a0b0c0d0efg",
        "00010203_0405-0607-0809-0a0b0c0d0eff", "{0010203-0405-0607-0809-0a0b0c0d0ef}",
        "00010203-0405-0607-0809-0a0b0c0d0e f"}) {
    EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
  }
}

TEST(Uuid, NamesGiveTheSameIdsAsInOtherLanguages) {
  EXPECT_EQ(name_uuid(kDns, "www.example.com").text(),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");  // RFC 9562, A.4
  EXPECT_EQ(name_uuid(kDns, "").text(), "4ebd0208-8328-5d69-8c44-ec50939c0967");
  // Past one block of SHA-1, which is 64 bytes with the namespace's 16.
  EXPECT_EQ(name_uuid(kDns, std::string(1000, 'a')).text(), "062a6b1a-ddc3-5fcc-b238-790846e533d6");
}

TEST(Uuid, NamesDependOnNamespaceAndName) {
  const Uuid other = name_uuid(kDns, "other");
  EXPECT_NE(name_uuid(kDns, "a"), name_uuid(other, "a"));
  EXPECT_NE(name_uuid(kDns, "a"), name_uuid(kDns, "b"));
}

TEST(Uuid, RandomOnesDifferAndSayTheirVersion) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = random_uuid().text();
    EXPECT_EQ(text[14], '4');
    EXPECT_THAT(text.substr(19, 1), ::testing::AnyOf("8", "9", "a", "b"));
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(Uuid, TimedOnesDifferSayTheirVersionAndSortByTime) {
  const std::int64_t instant = 0x017F22E279B0;  // RFC 9562, A.6
  const std::string text = time_uuid(instant).text();
  EXPECT_EQ(text.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_THAT(text.substr(19, 1), ::testing::AnyOf("8", "9", "a", "b"));
  EXPECT_NE(time_uuid(instant), time_uuid(instant));
  EXPECT_LT(text, time_uuid(instant + 1).text());
}

}  // namespace
}  // namespace penstock::wire
