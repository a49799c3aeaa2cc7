// Goal: an escape stands for what RFC 8259 says, wherever it is read.
#include "wire/json_escape.hpp"

#include <gtest/gtest.h>

#include <string>

#include "wire/utf8.hpp"

namespace penstock::wire {
namespace {

TEST(JsonEscapeTest, EightLettersMakeAShortEscape) {
  std::string values;
  for (const char letter : std::string(R"("\/bfnrt)")) values += short_escape_value(letter);
  EXPECT_EQ(values, "\"\\/\b\f\n\r\t");
  for (const char letter : std::string("uxB0'")) EXPECT_EQ(short_escape_value(letter), '\0');
}

TEST(JsonEscapeTest, UnicodeEscapesAreReadInEitherCase) {
  EXPECT_EQ(unicode_escape(R"(\u00e9tc)")->code_point, 0xE9u);
  EXPECT_EQ(unicode_escape(R"(\uFFFD)")->code_point, 0xFFFDu);
  EXPECT_EQ(unicode_escape(R"(\u0000)")->bytes, 6u);
  const auto pair = unicode_escape(R"(\uD83D\uDE00)");
  EXPECT_EQ(pair->code_point, 0x1F600u);
  EXPECT_EQ(pair->bytes, 12u);
}

TEST(JsonEscapeTest, HalfOfASurrogatePairIsNoCharacter) {
  for (const char* half : {R"(\uD83D)", R"(\uDE00)", R"(\uDE00\uD83D)", R"(\uD83D\u0041)",
                           R"(\uD83D\uD83D)", R"(\uD83Dx)"}) {
    const auto escape = unicode_escape(half);
    ASSERT_TRUE(escape) << half;
    EXPECT_FALSE(escape->code_point) << half;
    EXPECT_EQ(escape->bytes, 6u) << half;
  }
}

TEST(JsonEscapeTest, WhatIsNoUnicodeEscapeIsSaid) {
  for (const char* text : {"", "u0041", R"(\u)", R"(\u004)", R"(\u00g1)", R"(\U0041)", R"(\n)"})
    EXPECT_FALSE(unicode_escape(text)) << text;
}

TEST(JsonEscapeTest, CodePointsBecomeUtf8) {
  EXPECT_EQ(encode_utf8('A').view(), "A");
  EXPECT_EQ(encode_utf8(0xE9).view(), "\xC3\xA9");
  EXPECT_EQ(encode_utf8(0x20AC).view(), "\xE2\x82\xAC");
  EXPECT_EQ(encode_utf8(0x1F600).view(), "\xF0\x9F\x98\x80");
  for (const std::uint32_t edge : {0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu})
    EXPECT_TRUE(is_utf8(encode_utf8(edge).view())) << edge;
}

}  // namespace
}  // namespace penstock::wire
