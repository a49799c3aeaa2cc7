// Goal: whatever text comes in, what comes out is valid JSON in valid UTF-8, and says the same.
// Method: hand-picked borders of UTF-8 and of the 16-byte blocks, then random bytes checked by
// reading them back with another JSON library.
#include "wire/json_writer.hpp"

#include <gmock/gmock.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace penstock::wire {
namespace {

const std::string kReplacement = "\xEF\xBF\xBD";

std::string written(std::string_view text) {
  std::vector<char> buffer(text.size() * 6 + 64);
  JsonWriter out(buffer.data(), buffer.size());
  out.string(text);
  EXPECT_FALSE(out.overflowed());
  return std::string(out.text());
}

std::string read_back(std::string_view text) {
  return nlohmann::json::parse(written(text)).get<std::string>();
}

template <typename Number>
std::string number(Number value) {
  char buffer[64];
  JsonWriter out(buffer, sizeof buffer);
  out.number(value);
  return std::string(out.text());
}

TEST(JsonWriter, WritesPlainTextAsItIs) {
  EXPECT_EQ(written(""), R"("")");
  EXPECT_EQ(written("approved as agreed"), R"("approved as agreed")");
  EXPECT_EQ(written("\x7F"), "\"\x7F\"");
}

TEST(JsonWriter, EscapesWhatJsonDoesNotAllow) {
  EXPECT_EQ(written("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(written("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x01\x1F", 3)), R"("\u0000\u0001\u001f")");
}

TEST(JsonWriter, FindsOneSpecialByteAtEachPlaceOfEachLength) {
  for (std::size_t length = 1; length <= 50; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '"';
      const std::string expected =
          '"' + std::string(at, 'a') + "\\\"" + std::string(length - at - 1, 'a') + '"';
      ASSERT_EQ(written(text), expected) << "length " << length << ", at " << at;
    }
  }
}

TEST(JsonWriter, LooksAtNothingBehindTheText) {
  const std::string text = "abc\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
  EXPECT_EQ(written(std::string_view(text).substr(0, 3)), R"("abc")");
}

TEST(JsonWriter, KeepsTheFirstAndLastCharacterOfEachLengthOfUtf8) {
  for (const std::string text :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(written(text), '"' + text + '"');
  }
}

struct BadUtf8 {
  std::string_view name;
  std::string text;
  std::size_t replacements;  // between 'a' and 'b'
};

TEST(JsonWriter, ReplacesEachMaximalBadPartOnce) {
  const std::vector<BadUtf8> cases = {
      {"a lone continuation", "\x80", 1},
      {"the last continuation", "\xBF", 1},
      {"two lone continuations", "\x80\xBF", 2},
      {"overlong in two bytes", "\xC0\x80", 2},
      {"overlong in two bytes, the last", "\xC1\xBF", 2},
      {"a lead of two bytes alone", "\xC2", 1},
      {"overlong in three bytes", "\xE0\x80\x80", 3},
      {"overlong in three bytes, the last", "\xE0\x9F\xBF", 3},
      {"three bytes less one", "\xE2\x82", 1},
      {"the first surrogate", "\xED\xA0\x80", 3},
      {"the last surrogate", "\xED\xBF\xBF", 3},
      {"overlong in four bytes", "\xF0\x80\x80\x80", 4},
      {"overlong in four bytes, the last", "\xF0\x8F\xBF\xBF", 4},
      {"four bytes less one", "\xF0\x9F\x98", 1},
      {"four bytes less two", "\xF0\x9F", 1},
      {"above U+10FFFF", "\xF4\x90\x80\x80", 4},
      {"a lead that is none", "\xF5\x80\x80\x80", 4},
      {"bytes that are never in UTF-8", "\xFE\xFF", 2},
      {"a lead behind a lead", "\xE2\x82\xE2\x82", 2},
  };
  for (const auto& [name, text, replacements] : cases) {
    std::string expected = "a";
    for (std::size_t i = 0; i < replacements; ++i) expected += kReplacement;
    EXPECT_EQ(read_back("a" + text + "b"), expected + "b") << name;
    EXPECT_EQ(read_back("a" + text), expected) << name << ", at the end";
  }
}

TEST(JsonWriter, MakesValidJsonOfAnyBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 100, '\0');
    // Half of them plain, so that bad bytes meet each edge of a block.
    for (char& c : text) c = static_cast<char>(random() % 2 ? random() % 256 : 'a');
    const std::string once = read_back(text);
    ASSERT_EQ(read_back(once), once) << ::testing::PrintToString(text);
  }
}

TEST(JsonWriter, KeepsWhatIsValidUtf8) {
  const std::string text =
      "Grüße, 日本語, \xF0\x9F\x98\x80, e\xCC\x81, \xE2\x80\xA8, plain again to the end";
  EXPECT_EQ(read_back(text), text);
}

TEST(JsonWriter, BuildsOneStringOfParts) {
  char buffer[64];
  JsonWriter out(buffer, sizeof buffer);
  out.raw('"');
  out.string_part("a\n");
  out.string_part("");
  out.string_part("b");
  out.raw('"');
  EXPECT_EQ(out.text(), R"("a\nb")");
}

TEST(JsonWriter, WritesNumbersInTheirShortestForm) {
  EXPECT_EQ(number(std::int64_t{0}), "0");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(12.0), "12");
  EXPECT_EQ(number(1e22), "1e+22");
  EXPECT_EQ(number(-std::numeric_limits<double>::denorm_min()), "-5e-324");
}

// What std::to_chars writes is the shortest text that reads back as the same number.
TEST(JsonWriter, EveryNumberHasItsShortestText) {
  const auto shortest = [](double value) {
    std::array<char, 32> text{};
    return std::string(text.data(), std::to_chars(text.data(), text.end(), value).ptr);
  };
  std::mt19937_64 random(20261127);
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t digits = random() >> random() % 64;
    for (const double unit : {1.0, 10.0, 100.0, 1000.0, 10000.0}) {
      const double value = static_cast<double>(digits) / unit;
      const double beside = std::nextafter(value, 0.0);
      for (const double each : {value, -value, beside, -beside})
        ASSERT_EQ(number(each), shortest(each));
    }
    const auto bits = std::bit_cast<double>(random());
    if (std::isfinite(bits)) {
      ASSERT_EQ(number(bits), shortest(bits));
    }
  }
  for (const double each : {0.0, -0.0, 0.001, 0.0005, 99'999.0, 100'000.0, 100'000.5, 1e12, 1e15,
                            999'999'999'999.999, 0.1 + 0.2})
    EXPECT_EQ(number(each), shortest(each));
}

TEST(JsonWriter, WritesNullForNumbersThatJsonLacks) {
  EXPECT_EQ(number(std::nan("")), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, FitsExactlyIntoTheBufferAndNotIntoOneByteLess) {
  for (const std::string text :
       {"", "a", "a\n", "Grüße", "approved as agreed by the board", "\x80"}) {
    const std::string expected = written(text);
    std::vector<char> buffer(expected.size());
    JsonWriter out(buffer.data(), buffer.size());
    out.string(text);
    EXPECT_FALSE(out.overflowed()) << text;
    EXPECT_EQ(out.text(), expected);

    JsonWriter smaller(buffer.data(), buffer.size() - 1);
    smaller.string(text);
    EXPECT_TRUE(smaller.overflowed()) << text;
  }
}

TEST(JsonWriter, IgnoresAllThatComesAfterAnOverflow) {
  char buffer[8];
  JsonWriter out(buffer, sizeof buffer);
  out.raw("abc");
  const std::size_t before = out.size();
  out.raw("too long for it");
  out.raw('d');
  EXPECT_TRUE(out.overflowed());
  EXPECT_EQ(out.text(), "abc");

  out.truncate(before - 1);
  out.raw('d');
  EXPECT_TRUE(out.overflowed());
  EXPECT_EQ(out.text(), "ab");
}

TEST(JsonWriter, TakesBackWhatWasWritten) {
  char buffer[16];
  JsonWriter out(buffer, sizeof buffer);
  out.raw("abc");
  out.truncate(1);
  out.boolean(false);
  EXPECT_EQ(out.text(), "afalse");
}

}  // namespace
}  // namespace penstock::wire
