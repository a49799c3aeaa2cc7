// Goal: a bad event is one verdict with a reason, at every limit exactly, and changes nothing for
// the others. Method: each kind of bad event between two good ones, in an array, a batch object and
// lines; limits at -1, at and +1; random mixes compared with what each event is alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "decode/batch_decoder.hpp"
#include "unit/gateway/decode/decoding.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp

struct BadEvent {
  std::string json;
  std::string code;
};

std::string nested(std::size_t depth) {
  return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

std::string with_fields(std::size_t count) {
  std::string json = "{";
  for (std::size_t i = 0; i < count; ++i)
    json += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":0";
  return json + "}";
}

std::string of_bytes(std::size_t bytes) {
  return R"({"a":")" + std::string(bytes - 8, 'x') + "\"}";
}

const std::vector<BadEvent>& bad_events() {
  static const std::vector<BadEvent> all = {
      {"5", "malformed_json"},
      {"null", "malformed_json"},
      {"\"text\"", "malformed_json"},
      {"[{}]", "malformed_json"},
      {"nonsense", "malformed_json"},
      {R"({"a":NaN})", "malformed_json"},
      {R"({"a":01})", "malformed_json"},
      {R"({"a":1e})", "malformed_json"},
      {R"({"a":tru})", "malformed_json"},
      {R"({"a":True})", "malformed_json"},
      {R"({"a":nullx})", "malformed_json"},
      {R"({"a":12"b"})", "malformed_json"},
      {R"({"a":1,})", "malformed_json"},
      {R"({"a"})", "malformed_json"},
      {R"({"a":})", "malformed_json"},
      {R"({"a":1 "b":2})", "malformed_json"},
      {R"({a:1})", "malformed_json"},
      {R"({'a':1})", "malformed_json"},
      {R"({1:1})", "malformed_json"},
      {R"({"a":[1,]})", "malformed_json"},
      {R"({"a":[}})", "malformed_json"},
      {R"({"a":{]})", "malformed_json"},
      {R"({"a":1}})", "malformed_json"},
      {R"({} {})", "malformed_json"},
      {R"({"a":"\x41"})", "malformed_json"},
      {R"({"a":"\u12"})", "malformed_json"},
      {"{\"a\":\"tab\there\"}", "malformed_json"},
      {std::string("{\"a\":\"n\0l\"}", 11), "malformed_json"},
      {std::string("{\"a\":\0}", 7), "malformed_json"},
      {"{\"a\":1}//no", "malformed_json"},
      {"{\"a\":\"\xFF\"}", "invalid_utf8"},
      {"{\"\xC3\":1}", "invalid_utf8"},
      {"{\"a\":\"\xED\xA0\x80\"}", "invalid_utf8"},
      {"{\"a\":\"\xC0\xAF\"}", "invalid_utf8"},
      {R"({"a":"\ud800"})", "invalid_utf8"},
      {R"({"a":"\udc00"})", "invalid_utf8"},
      {R"({"a":{"\ud800\u0041":1}})", "invalid_utf8"},
      {nested(33), "too_deep"},
      {nested(100'000), "too_deep"},
      {of_bytes(256 * 1024 + 1), "too_large"},
      {of_bytes(1024 * 1024), "too_large"},
      {with_fields(65), "too_many_fields"},
      {R"({"metadata":)" + with_fields(65) + "}", "too_many_fields"},
      {R"({"seq":1,"seq":1})", "duplicate_field"},
      {R"({"userId":null,"userId":"u"})", "duplicate_field"},
      {R"({"own":1,"own":2})", "duplicate_field"},
      {R"({"a":{")" + std::string(129, 'n') + R"(":1}})", "invalid_identifier"},
  };
  return all;
}

std::vector<std::string> verdicts(const RequestHead& head, std::string body) {
  std::vector<std::string> codes;
  const auto batch = decode_with(head, std::move(body));
  for (const Event& event : batch->events) codes.push_back(verdict(event));
  return codes;
}

std::string shown(const std::string& json) {
  return json.size() <= 80 ? json : json.substr(0, 80) + "...";
}

TEST(BadEventsTest, EachIsOneVerdictBetweenGoodOnes) {
  const std::string good = click();
  for (const BadEvent& bad : bad_events()) {
    SCOPED_TRACE(shown(bad.json));
    const std::vector<std::string> expected{"", bad.code, ""};
    EXPECT_EQ(verdicts(json_head(), "[" + good + "," + bad.json + "," + good + "]"), expected);
    EXPECT_EQ(verdicts(json_head(),
                       R"({"events":[)" + good + "," + bad.json + "," + good + R"(],"sdk":{}})"),
              expected);
    EXPECT_EQ(verdicts(ndjson_head(), good + "\n" + bad.json + "\n" + good), expected);
  }
}

TEST(BadEventsTest, TheReasonTellsWhereAndNothingOfWhatCame) {
  const auto batch =
      decode_json(R"([{"secret":"hunter2","x":hunter2},{"secret":"\ud800hunter2"}])");
  ASSERT_EQ(batch->events.size(), 2u);
  EXPECT_EQ(batch->events[0].reject->message, "expected a value at byte 24");
  EXPECT_EQ(batch->events[1].reject->message,
            "expected a surrogate pair, not half of one at byte 11");
  EXPECT_EQ(batch->events[0].raw, R"({"secret":"hunter2","x":hunter2})");
  EXPECT_FALSE(batch->events[0].well_formed);
  EXPECT_EQ(batch->events[0].fields_count, 0u);
}

TEST(BadEventsTest, DuplicatesOfKnownFieldsAreNamedAndOthersAreNot) {
  const auto batch =
      decode_json(R"([{"userId":"a","userId":"b"},{"a@b.example":1,"a@b.example":2}])");
  EXPECT_EQ(batch->events[0].reject->pointer, "/userId");
  EXPECT_EQ(batch->events[1].reject->pointer, "");
  EXPECT_TRUE(batch->events[0].well_formed);
}

TEST(BadEventsTest, LimitsHoldExactly) {
  const auto verdict_of = [](const std::string& json) {
    return verdicts(json_head(), "[" + json + "]").at(0);
  };
  EXPECT_EQ(verdict_of(nested(31)), "");
  EXPECT_EQ(verdict_of(nested(32)), "");
  EXPECT_EQ(verdict_of(nested(33)), "too_deep");
  EXPECT_EQ(verdict_of(of_bytes(256 * 1024 - 1)), "");
  EXPECT_EQ(verdict_of(of_bytes(256 * 1024)), "");
  EXPECT_EQ(verdict_of(of_bytes(256 * 1024 + 1)), "too_large");
  EXPECT_EQ(verdict_of(with_fields(63)), "");
  EXPECT_EQ(verdict_of(with_fields(64)), "");
  EXPECT_EQ(verdict_of(with_fields(65)), "too_many_fields");
  EXPECT_EQ(verdict_of(R"({")" + std::string(128, 'n') + R"(":1})"), "");
  EXPECT_EQ(verdict_of(R"({")" + std::string(129, 'n') + R"(":1})"), "invalid_identifier");
}

TEST(BadEventsTest, MoreEventsThanTheLimitRefuseTheBatch) {
  for (const char* element : {"{}", "nonsense"}) {
    for (const std::size_t count : {999u, 1000u, 1001u}) {
      std::string array = "[", lines;
      for (std::size_t i = 0; i < count; ++i) {
        array += (i == 0 ? "" : ",") + std::string(element);
        lines += std::string(element) + "\n";
      }
      const BatchDecoder decoder{DecodeLimits{}};
      for (const auto& outcome : {decoder.decode(json_head(), client_key(), array + "]"),
                                  decoder.decode(ndjson_head(), client_key(), lines)}) {
        ASSERT_EQ(outcome.ok(), count <= 1000) << count;
        if (outcome) {
          EXPECT_EQ((*outcome)->events.size(), count);
        } else {
          EXPECT_EQ(outcome.error().code, "too_many_events");
        }
      }
    }
  }
}

TEST(BadEventsTest, LowerLimitsOfADeploymentHold) {
  DecodeLimits limits;
  limits.depth = 3;
  limits.event_bytes = 40;
  limits.events_per_batch = 3;
  const auto outcome = BatchDecoder(limits).decode(
      json_head(), client_key(), "[" + nested(3) + "," + nested(4) + "," + of_bytes(41) + "]");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(verdict((*outcome)->events[0]), "");
  EXPECT_EQ(verdict((*outcome)->events[1]), "too_deep");
  EXPECT_EQ(verdict((*outcome)->events[2]), "too_large");
}

TEST(BadEventsTest, NoEventChangesAnothersVerdictInRandomMixes) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> expected;
    std::string array, lines;
    for (std::size_t i = 0, count = 1 + below(12); i < count; ++i) {
      const BadEvent& bad = bad_events()[below(bad_events().size())];
      const bool use_bad = below(3) == 0 && bad.json.size() < 10'000;
      const std::string event = use_bad ? bad.json : click(R"(,"details":{"s":"a,]}\"{["})");
      expected.push_back(use_bad ? bad.code : "");
      array += (i == 0 ? "" : ",") + event;
      lines += event + "\n";
    }
    EXPECT_EQ(verdicts(json_head(), "[" + array + "]"), expected);
    EXPECT_EQ(verdicts(json_head(), R"({"context":{"a":1},"events":[)" + array + "]}"), expected);
    EXPECT_EQ(verdicts(ndjson_head(), lines), expected);
  }
}

TEST(BadEventsTest, TextOfAnyCharacterIsNotBad) {
  for (const std::string& json :
       {std::string(R"({"a":"\u0000\n\/\ud83d\ude00"})"),
        std::string("{\"a\":\"\x7F caf\xC3\xA9\"}"), of_bytes(200'000),
        std::string(R"({"a":1e999,"b":-0.0,"c":123456789012345678901234567890})"),
        std::string(R"({"":""})"), std::string("{}")}) {
    EXPECT_EQ(verdicts(json_head(), "[" + json + "]"), std::vector<std::string>{""}) << shown(json);
  }
}

}  // namespace
}  // namespace penstock::gateway
