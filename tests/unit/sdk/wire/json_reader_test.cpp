// Goal: what a text holds is told in its order and with its depths, and a text that is no JSON, too
// deep, or with a number that no double holds ends with that fault at its place. Method: write down
// what is told.
#include "wire/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::wire {
namespace {

using Kind = JsonFault::Kind;

class Told final : public JsonHandler {
 public:
  void name(std::size_t depth, std::string_view name) override {
    add(depth, std::string(name) + ":");
  }
  void value(std::size_t depth, const JsonValue& value) override {
    switch (value.kind) {
      case JsonValue::Kind::kNull:
        return add(depth, "null");
      case JsonValue::Kind::kBoolean:
        return add(depth, "boolean");
      case JsonValue::Kind::kUnsigned:
        return add(depth, std::to_string(value.number));
      case JsonValue::Kind::kOtherNumber:
        return add(depth, "number");
      case JsonValue::Kind::kText:
        return add(depth, "'" + std::string(value.text) + "'");
      case JsonValue::Kind::kObject:
        return add(depth, "{");
      case JsonValue::Kind::kArray:
        return add(depth, "[");
    }
  }
  void end(std::size_t depth, JsonValue::Kind kind) override {
    add(depth, kind == JsonValue::Kind::kObject ? "}" : "]");
  }

  const std::string& all() const { return all_; }

 private:
  void add(std::size_t depth, const std::string& what) {
    all_ += (all_.empty() ? "" : " ") + std::to_string(depth) + what;
  }

  std::string all_;
};

std::string told(std::string_view text) {
  Told told;
  EXPECT_EQ(read_json(text, told).kind, Kind::kNone) << text;
  return told.all();
}

JsonFault fault(std::string_view text) {
  Told told;
  return read_json(text, told);
}

TEST(JsonReaderTest, NamesAndValuesComeInTheirOrderAndWithTheirDepths) {
  EXPECT_EQ(told(R"({"a":[1,{"b":null}],"c":"x"})"), "0{ 1a: 1[ 21 2{ 3b: 3null 2} 1] 1c: 1'x' 0}");
  EXPECT_EQ(told(" [ ] "), "0[ 0]");
  EXPECT_EQ(told(R"({"a":1,"a":2})"), "0{ 1a: 11 1a: 12 0}");
}

TEST(JsonReaderTest, EscapesAreResolvedInNamesAndTexts) {
  EXPECT_EQ(told(R"({"\u0061\n":"\ud83d\ude00\""})"), "0{ 1a\n: 1'\xF0\x9F\x98\x80\"' 0}");
}

TEST(JsonReaderTest, OnlyWholeNumbersOf64BitsWithoutASignAreUnsigned) {
  EXPECT_EQ(told("[0,18446744073709551615]"), "0[ 10 118446744073709551615 0]");
  EXPECT_EQ(told("[18446744073709551616,-1,-0,1.0,1e2]"),
            "0[ 1number 1number 1number 1number 1number 0]");
  EXPECT_EQ(told("[true,false]"), "0[ 1boolean 1boolean 0]");
}

TEST(JsonReaderTest, WhatIsNoJsonHasItsByte) {
  EXPECT_EQ(fault("").kind, Kind::kInvalid);
  EXPECT_EQ(fault("{\"a\":1").kind, Kind::kInvalid);
  EXPECT_EQ(fault("[01]").kind, Kind::kInvalid);
  EXPECT_EQ(fault("[\"\xFF\"]").kind, Kind::kInvalid);
  const JsonFault trailing = fault("{} x");
  EXPECT_EQ(trailing.kind, Kind::kInvalid);
  EXPECT_EQ(trailing.byte, 4u);
}

TEST(JsonReaderTest, ANumberThatNoDoubleHoldsIsItsOwnFault) {
  EXPECT_EQ(fault("[1e308]").kind, Kind::kNone);
  EXPECT_EQ(fault("[1e309]").kind, Kind::kHugeNumber);
}

TEST(JsonReaderTest, OneLevelTooManyEndsTheReading) {
  const std::string open(kJsonDepthMax, '[');
  const std::string close(kJsonDepthMax, ']');
  EXPECT_EQ(fault(open.substr(1) + close.substr(1)).kind, Kind::kNone);
  EXPECT_EQ(fault(open + close).kind, Kind::kNone);
  EXPECT_EQ(fault("[" + open + close + "]").kind, Kind::kTooDeep);
  EXPECT_EQ(fault("[" + open + "no JSON").kind, Kind::kTooDeep);
}

}  // namespace
}  // namespace penstock::wire
