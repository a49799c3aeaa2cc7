// Goal: what is escaped is masked as if it were not, in its place, and nothing else is touched; at
// any length, and in linear time. Method: one text at a time, with the escapes of JSON and of URLs,
// also in one another.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "privacy/mask.hpp"

namespace penstock::privacy {
namespace {

class DecodedMaskTest : public ::testing::Test {
 protected:
  // The text as a program gives it to the SDK, and as it stands in the journal then.
  std::string masked(const std::string& text) const {
    std::vector<char> buffer(text.size() * 6 + 64);
    wire::JsonWriter out(buffer.data(), buffer.size());
    write_masked(rules_, text, out);
    return nlohmann::json::parse(out.text()).get<std::string>();
  }
  // As a JSON string of a client, which the gateway gets.
  std::string masked_in_json(const std::string& text) const {
    const std::string json = nlohmann::json(text).dump();
    std::vector<char> buffer(json.size() * 6 + 64);
    wire::JsonWriter out(buffer.data(), buffer.size());
    write_masked_json(rules_, "", json, out);
    return nlohmann::json::parse(out.text()).get<std::string>();
  }
  void expect_masked(const std::string& text, const std::string& expected) const {
    const std::string begin = text.substr(0, 80);
    EXPECT_TRUE(masked(text) == expected) << begin << "\n" << masked(text).substr(0, 200);
    EXPECT_TRUE(masked(expected) == expected) << begin;
    EXPECT_TRUE(masked_in_json(text) == expected) << begin << "\n"
                                                  << masked_in_json(text).substr(0, 200);
  }

  RuleSet rules_;
};

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    result += '%';
    result += kHex[static_cast<unsigned char>(c) >> 4];
    result += kHex[static_cast<unsigned char>(c) & 15];
  }
  return result;
}

TEST_F(DecodedMaskTest, SeesThroughPercentEncoding) {
  expect_masked("?to=bob%40example.com&x=1", "?to=[email]&x=1");
  expect_masked("?to=bob%2540example.com&x=1", "?to=[email]&x=1");
  expect_masked("call %2B49%2030%201234567 now", "call [phone] now");
  expect_masked("/cb%3Faccess_token%3Dabc%26x=1", "/cb%3Faccess_token%3D[secret]%26x=1");
  expect_masked("100%25 of 4111%201111%201111%201111", "100%25 of [card]");
  expect_masked("m%C3%BCller%40ex%C3%A4mple.de", "[email]");
}

TEST_F(DecodedMaskTest, SeesThroughJsonThatStandsInAText) {
  expect_masked(R"({"to":"bob\u0040example.com","a":1})", R"({"to":"[email]","a":1})");
  expect_masked(R"({\"to\":\"bob\\u0040example.com\"})", R"({\"to\":\"[email]\"})");
  expect_masked(R"(call\n+49 30 1234567\tnow)", R"(call\n[phone]\tnow)");
  expect_masked(R"(C:\\Users\\nadia\\x)", R"(C:\\Users\\[user]\\x)");
  expect_masked(R"(https:\/\/a:b@host\/c)", R"(https:\/\/[secret]@host\/c)");
  expect_masked(R"(\x62ob\x40example.com)", "[email]");
}

TEST_F(DecodedMaskTest, StillSeesWhatDecodingWouldHide) {
  expect_masked(R"(C:\Users\nadia\x)", R"(C:\Users\[user]\x)");
  expect_masked("5%4111111111111111", "5%[card]");
  expect_masked(R"(\uD83D\uDE00 bob@example.com \u12)", R"(\uD83D\uDE00 [email] \u12)");
}

TEST_F(DecodedMaskTest, LeavesEscapesAloneThatHideNothing) {
  for (const std::string text :
       {R"(a\nb\tc)", "100%", "%", "\\", "%4", "%zz", "\\u", "\\u00", "50%20of%20it", "%%%40%%",
        R"(\\\\\\)", "%25%25%25", "%00%01", R"(\ud800)"}) {
    expect_masked(text, text);
  }
}

TEST_F(DecodedMaskTest, MasksOnceWhereBothFormsFindSomething) {
  expect_masked("bob@example.com%20and%20eve%40example.com", "[email]%20and%20[email]");
  expect_masked("token=a%26b&x=1", "token=[secret]&x=1");
}

TEST_F(DecodedMaskTest, SeesAnAddressAtEachPlaceOfALongText) {
  for (std::size_t before = 3000; before < 4200; before += 7) {
    const std::string filler(before, 'a');
    expect_masked("%41 " + filler + " bob%40example.com " + filler,
                  "%41 " + filler + " [email] " + filler);
  }
}

TEST_F(DecodedMaskTest, FollowsSecretsOfAnyLength) {
  const std::string long_part(10'000, 'A');
  expect_masked("eyJhbGciOiJIUzI1NiJ9." + long_part + ".c2ln%20 next", "[token]%20 next");
  expect_masked("%41 Bearer a1" + long_part + " next", "%41 Bearer [token] next");
  expect_masked("%41 password=" + long_part + "%26 next", "%41 password=[secret] next");
  std::string key = "-----BEGIN PRIVATE KEY-----\n";
  for (int line = 0; line < 200; ++line) key += std::string(63, 'A') + "b\n";
  key += "-----END PRIVATE KEY-----";
  expect_masked("x " + key + " y", "x [private key] y");
  expect_masked("x " + percent_encoded(key) + " y", "x [private key] y");
  std::string escaped;
  for (const char c : key) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  expect_masked("x " + escaped + " y", "x [private key] y");
}

TEST_F(DecodedMaskTest, EndsInLinearTimeWhateverIsEscaped) {
  const std::vector<std::string> pieces = {
      "%",    "%25",   "%40",     "%2540", "\\",     "\\\\",          "\\u0040", "\\u005c",
      "u005", "%5C",   "\\u0025", "n",     "0612",   "345678",        "@",       "a.de",
      "4111", "token", "=",       "%3D",   "Bearer", "eyJhbGciOiJIU", "%20",     "-----"};
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    std::string part;
    for (auto count = 1 + random() % 8; count > 0; --count)
      part += pieces[random() % pieces.size()];
    std::string text;
    while (text.size() < 20'000) text += part;
    const std::string once = masked(text);
    EXPECT_EQ(masked(once), once) << part;
  }
}

}  // namespace
}  // namespace penstock::privacy
