// Goal: numbers and escapes are taken exactly as RFC 8259 writes them.
// Method: tables of right and wrong ones.
#include "decode/json_text.hpp"

#include <gtest/gtest.h>

namespace penstock::gateway {
namespace {

TEST(JsonNumberTest, WhatTheGrammarAllowsIsANumberOfAnySize) {
  for (const char* text : {"0", "-0", "7", "-12", "0.5", "10.25", "1e5", "1E+5", "-1.5e-300",
                           "1e999", "123456789012345678901234567890"}) {
    EXPECT_TRUE(is_json_number(text)) << text;
  }
}

TEST(JsonNumberTest, WhatTheGrammarLacksIsNone) {
  for (const char* text : {"", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e5", "0x10",
                           "1_000", "NaN", "Infinity", "-Infinity", "1 2", "1,2", "1a"}) {
    EXPECT_FALSE(is_json_number(text)) << text;
  }
}

TEST(UnescapeTest, EveryEscapeMeansItsCharacter) {
  std::string out;
  const auto result = unescape(R"(a\"\\\/\b\f\n\r\tb\u0041\u00e9\u20AC\ud83d\uDE00\u0000c)", out);
  EXPECT_EQ(result.error, EscapeError::kNone);
  EXPECT_EQ(out, std::string("a\"\\/\b\f\n\r\tbA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\0c", 22));
}

TEST(UnescapeTest, SurrogatesMustComeInPairs) {
  for (const char* raw : {R"(x\ud800)", R"(x\udc00)", R"(x\ud800\ud800)", R"(x\ud800y)",
                          R"(x\ud800\n)", R"(x\udbff\ue000)"}) {
    std::string out;
    const auto result = unescape(raw, out);
    EXPECT_EQ(result.error, EscapeError::kLoneSurrogate) << raw;
    EXPECT_EQ(result.at, 1u) << raw;
  }
}

TEST(UnescapeTest, UnknownAndCutEscapesAreRefused) {
  for (const char* raw : {R"(xy\a)", R"(xy\x41)", R"(xy\u)", R"(xy\u12)", R"(xy\u12G4)",
                          R"(xy\U0041)", R"(xy\')", "xy\\"}) {
    std::string out;
    const auto result = unescape(raw, out);
    EXPECT_EQ(result.error, EscapeError::kUnknownEscape) << raw;
    EXPECT_EQ(result.at, 2u) << raw;
  }
}

TEST(FirstInvalidUtf8Test, FindsOverlongFormsSurrogatesAndStrayBytes) {
  EXPECT_EQ(first_invalid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80"), std::string_view::npos);
  EXPECT_EQ(first_invalid_utf8("ab\xFF"), 2u);
  EXPECT_EQ(first_invalid_utf8("ab\xC3"), 2u);
  EXPECT_EQ(first_invalid_utf8("ab\xC0\xAF"), 2u);
  EXPECT_EQ(first_invalid_utf8("ab\xED\xA0\x80"), 2u);
}

}  // namespace
}  // namespace penstock::gateway
