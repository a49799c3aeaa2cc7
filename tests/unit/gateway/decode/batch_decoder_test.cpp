// Goal: every form of body becomes a batch with its fields as they were sent, or is refused for
// what it is. Method: bodies through the public interface; fields, texts and envelope compared.
#include "decode/batch_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/gateway/decode/compression.hpp"
#include "unit/gateway/decode/decoding.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string code_of(const RequestHead& head, std::string body) {
  const auto outcome = BatchDecoder(DecodeLimits{}).decode(head, client_key(), std::move(body));
  return outcome ? "accepted"
                 : std::to_string(outcome.error().status) + " " + std::string(outcome.error().code);
}

std::string code_of(std::string body) { return code_of(json_head(), std::move(body)); }

const Field* field(const Batch& batch, std::size_t event, FieldId id) {
  const Event& of = batch.events.at(event);
  for (std::uint32_t i = 0; i < of.fields_count; ++i) {
    if (batch.fields[of.fields_begin + i].id == id) return &batch.fields[of.fields_begin + i];
  }
  return nullptr;
}

std::vector<std::string> verdicts(const Batch& batch) {
  std::vector<std::string> codes;
  for (const Event& event : batch.events) codes.push_back(verdict(event));
  return codes;
}

TEST(BatchDecoderTest, EveryFormGivesTheSameEvents) {
  const std::string one = click(R"(,"userId":"u")");
  RequestHead gzip = json_head(), zstd = json_head();
  gzip.content_encoding = "gzip";
  zstd.content_encoding = "zstd";
  const std::string pretty = "\xEF\xBB\xBF [\n  " + one + " ,\r\n\t" + one + "\n]\n";
  for (const auto& batch : {decode_json("[" + one + "," + one + "]"), decode_json(pretty),
                            decode_json(R"({"events":[)" + one + "," + one + "]}"),
                            decode_with(ndjson_head(), one + "\n\n" + one + "\r\n"),
                            decode_with(gzip, gzipped("[" + one + "," + one + "]")),
                            decode_with(zstd, zstandard("[" + one + "," + one + "]"))}) {
    ASSERT_EQ(batch->events.size(), 2u);
    for (const std::size_t i : {0u, 1u}) {
      EXPECT_EQ(batch->events[i].index, i);
      EXPECT_EQ(batch->events[i].raw, one);
      EXPECT_TRUE(batch->events[i].well_formed);
      EXPECT_EQ(verdict(batch->events[i]), "");
      EXPECT_EQ(field(*batch, i, FieldId::kUserId)->text, "u");
    }
  }
}

TEST(BatchDecoderTest, AnObjectWithoutEventsIsOneEvent) {
  const auto batch = decode_json(click(R"(,"context":5,"sentAt":"never")"));
  ASSERT_EQ(batch->events.size(), 1u);
  EXPECT_EQ(batch->events[0].fields_count, 5u);
  EXPECT_FALSE(batch->sent_at_ms);
}

TEST(BatchDecoderTest, FieldsKeepTheirOrderKindAndBytes) {
  const auto batch = decode_json(
      R"([{"seq" : 12e0,"own":[1, {"x":null}] ,"details":{ "a" : "\u0041" },"n":null,"b":true,"f":false,"userId":"u\u0041\n\"","details2":"\u0042"}])");
  ASSERT_EQ(batch->events[0].fields_count, 8u);
  const auto& fields = batch->fields;
  EXPECT_EQ(fields[0].id, FieldId::kSeq);
  EXPECT_EQ(fields[0].value, "12e0");
  EXPECT_EQ(fields[1].id, FieldId::kOther);
  EXPECT_EQ(fields[1].name, "own");
  EXPECT_EQ(fields[1].kind, JsonKind::kArray);
  EXPECT_EQ(fields[1].value, R"([1, {"x":null}])");
  EXPECT_EQ(fields[2].kind, JsonKind::kObject);
  EXPECT_EQ(fields[2].value, R"({ "a" : "\u0041" })");
  EXPECT_EQ(fields[3].kind, JsonKind::kNull);
  EXPECT_EQ(fields[4].kind, JsonKind::kBoolean);
  EXPECT_EQ(fields[5].value, "false");
  EXPECT_EQ(fields[6].value, R"("u\u0041\n\"")");
  EXPECT_EQ(fields[6].text, "uA\n\"");
  EXPECT_EQ(fields[7].text, "");
}

TEST(BatchDecoderTest, EscapedNamesAreKnownFields) {
  const auto batch = decode_json(R"({"ev\u0065nts":[{"user\u0049d":"u"}]})");
  ASSERT_EQ(batch->events.size(), 1u);
  EXPECT_EQ(field(*batch, 0, FieldId::kUserId)->name, "userId");
}

TEST(BatchDecoderTest, KnownFieldsThatAreNullAreLeftOut) {
  const auto batch = decode_json(R"([{"userId":null,"metadata":null,"own":null}])");
  EXPECT_EQ(batch->events[0].fields_count, 1u);
  EXPECT_EQ(batch->fields[0].name, "own");
}

TEST(BatchDecoderTest, TheEnvelopeIsReadWhereverItStands) {
  for (
      const auto& batch :
      {decode_json(
           R"({"sentAt":"2024-12-08T12:34:56.000Z","installId":"i-1","sdk":{"name":"x"},"context":{"app":"A","n":{"x":[1]}},"dropped":{"budget":3,"age":0},"events":[{}]})"),
       decode_json(
           R"({"events":[{}],"unknown":[[]],"dropped":{"budget":3,"age":0},"context":{"app":"A","n":{"x":[1]}},"installId":"i-1","sentAt":"2024-12-08T12:34:56.000Z"})"),
       // One event is broken, so that the batch is read event by event.
       decode_json(
           R"({"events":[{"a":}],"dropped":{"budget":3,"age":0},"context":{"app":"A","n":{"x":[1]}},"installId":"i-1","sentAt":"2024-12-08T12:34:56.000Z"})")}) {
    EXPECT_EQ(batch->events.size(), 1u);
    EXPECT_EQ(batch->sent_at_ms, kReceivedAtMs - 789);
    EXPECT_EQ(batch->install_id, "i-1");
    ASSERT_EQ(batch->context.size(), 2u);
    EXPECT_EQ(batch->context[0].name, "app");
    EXPECT_EQ(batch->context[0].value, "\"A\"");
    EXPECT_EQ(batch->context[1].value, R"({"x":[1]})");
    EXPECT_THAT(batch->dropped, ElementsAre(Pair("budget", 3), Pair("age", 0)));
  }
}

// Whatever the gateway itself reads of a batch: \\u002B is a plus.
TEST(BatchDecoderTest, AnEscapedTextIsTheTextThatItStandsFor) {
  const std::string plain =
      R"({"sentAt":"2024-12-08T13:34:56.000+01:00","installId":"i-1","context":{"app":"A"},)"
      R"("dropped":{"budget":3},"events":[)" +
      click(R"(,"userId":"u","installId":"own","correlationId":"c","metadata":{"m":1})") + "]}";
  const auto expected = decode_json(plain);
  const auto batch = decode_json(escaped(plain));
  EXPECT_EQ(batch->sent_at_ms, kReceivedAtMs - 789);
  EXPECT_EQ(batch->sent_at_ms, expected->sent_at_ms);
  EXPECT_EQ(batch->install_id, "i-1");
  EXPECT_EQ(batch->context.at(0).name, "app");
  EXPECT_THAT(batch->dropped, ElementsAre(Pair("budget", 3)));
  EXPECT_EQ(verdicts(*batch), std::vector<std::string>{""});
  ASSERT_EQ(batch->fields.size(), expected->fields.size());
  for (std::size_t i = 0; i < batch->fields.size(); ++i) {
    EXPECT_EQ(batch->fields[i].id, expected->fields[i].id);
    EXPECT_EQ(batch->fields[i].text, expected->fields[i].text);
  }
  EXPECT_THAT(batch->metadata_names, ElementsAre("m"));
}

TEST(BatchDecoderTest, TheHeadAndTheKeyTravelWithTheBatch) {
  RequestHead head = json_head();
  head.idempotency_key = "k";
  head.traceparent = "t";
  head.correlation_id = "c";
  const auto batch = decode_with(head, "[]");
  EXPECT_EQ(batch->idempotency_key, "k");
  EXPECT_EQ(batch->traceparent, "t");
  EXPECT_EQ(batch->correlation_id, "c");
  EXPECT_EQ(batch->received_at_ms, kReceivedAtMs);
  EXPECT_EQ(batch->client->id, "test");
}

TEST(BatchDecoderTest, MetadataNamesAreNoted) {
  const auto batch = decode_json(
      R"([{"metadata":{"a":1,"\u0062":{"c":2}}},{"metadata":{}},{"metadata":{"d":1}}])");
  EXPECT_THAT(batch->metadata_names, ElementsAre("a", "b", "d"));
  EXPECT_EQ(batch->events[0].metadata_count, 2u);
  EXPECT_EQ(batch->events[1].metadata_count, 0u);
  EXPECT_EQ(batch->events[2].metadata_begin, 2u);
}

TEST(BatchDecoderTest, NoEventsIsABatch) {
  EXPECT_TRUE(decode_json("[]")->events.empty());
  EXPECT_TRUE(decode_json(R"({"events":[]})")->events.empty());
  EXPECT_TRUE(decode_with(ndjson_head(), "")->events.empty());
  EXPECT_TRUE(decode_with(ndjson_head(), "\n \r\n")->events.empty());
}

TEST(BatchDecoderTest, WhatIsNoBatchIsRefused) {
  for (const char* body : {"",
                           " ",
                           "null",
                           "true",
                           "5",
                           "\"text\"",
                           "nonsense",
                           "[",
                           "{",
                           "[{}",
                           "[{}] []",
                           "{}{}",
                           R"({"events":[{})",
                           R"({"events":5})",
                           R"({"events":{}})",
                           R"({"events":null})",
                           R"({"events":[],"events":[]})",
                           R"({"events":[],})",
                           R"({"events":[] "x":1})",
                           R"({"a":5 "events":[]})",
                           "\xEF\xBB\xBF",
                           "\xFF\xFE[\0]\0"}) {
    EXPECT_EQ(code_of(body), "400 not_a_batch") << body;
  }
}

TEST(BatchDecoderTest, AnEnvelopeThatIsWrongIsRefusedAndNamesTheMember) {
  const auto refused = [](const std::string& member, const std::string& value) {
    const auto outcome = BatchDecoder(DecodeLimits{})
                             .decode(json_head(), client_key(),
                                     R"({"events":[{}],")" + member + "\":" + value + "}");
    EXPECT_FALSE(outcome) << member << value;
    if (outcome) return;
    EXPECT_EQ(outcome.error().status, 400);
    EXPECT_EQ(outcome.error().code, "invalid_batch") << member << value;
    EXPECT_THAT(outcome.error().detail, HasSubstr("/" + member)) << value;
  };
  refused("sentAt", "5");
  refused("sentAt", R"("yesterday")");
  refused("installId", R"("")");
  refused("installId", "7");
  refused("installId", R"("a\u0000b")");
  refused("installId", "\"" + std::string(257, 'x') + "\"");
  refused("context", "[]");
  refused("context", R"({"a":1,"a":2})");
  refused("context", "{\"a\":\"" + std::string(16 * 1024, 'x') + "\"}");
  refused("dropped", "3");
  refused("dropped", R"({"a":"3"})");
  refused("dropped", R"({"a":-3})");
  refused("dropped", R"({"a":1.5})");
}

TEST(BatchDecoderTest, TypesAndEncodingsThatAreNotOursAreRefused) {
  RequestHead head = json_head();
  head.content_type = "text/plain";
  EXPECT_EQ(code_of(head, "[]"), "415 unsupported_type");
  head = json_head();
  head.content_encoding = "gzip, zstd";
  EXPECT_EQ(code_of(head, "[]"), "415 unsupported_encoding");
  head = json_head();
  head.content_encoding = "zstd";
  EXPECT_EQ(code_of(head, "[]"), "400 damaged_body");
  head = json_head();
  const std::string long_key(257, 'k');
  head.idempotency_key = long_key;
  EXPECT_EQ(code_of(head, "[]"), "400 invalid_idempotency_key");
}

TEST(BatchDecoderTest, ALineHoldsExactlyOneEvent) {
  EXPECT_THAT(
      verdicts(*decode_with(ndjson_head(), "{}\n{} {}\n{\"a\":\n1}\n{}\n5")),
      ElementsAre("", "malformed_json", "malformed_json", "malformed_json", "", "malformed_json"));
}

}  // namespace
}  // namespace penstock::gateway
