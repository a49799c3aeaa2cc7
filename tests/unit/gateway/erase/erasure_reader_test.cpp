// Goal: a request for erasure becomes a record for each install, the same when it is sent again; what
// is none is refused with its place, and shows nothing of what came. Method: bodies as the SDK sends
// them, and as nobody does.
#include "erase/erasure_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kFirst = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
constexpr const char* kSecond = "3f6c2b1e-8a0d-4a55-9c1f-0d6a7e4b2c11";
constexpr const char* kRequested = "2026-11-28T12:00:00.000Z";

std::shared_ptr<const ClientKey> client() {
  auto key = std::make_shared<ClientKey>();
  key->id = "desk";
  key->name_space = wire::name_uuid(wire::Uuid{}, "project");
  return key;
}

RequestHead head() {
  RequestHead head;
  head.content_type = "application/json";
  head.received_at_ms = 1'764'331'200'005;
  return head;
}

std::string body_of(const json& ids, const json& at = kRequested) {
  return json{{"installIds", ids}, {"requestedAt", at}}.dump();
}

Outcome<std::shared_ptr<Batch>> read(const std::string& body) {
  static const ErasureReader reader("staging.");
  return reader.read(head(), client(), body, {});
}

std::string fault_of(const std::string& body) {
  const auto outcome = read(body);
  if (outcome) return "none";
  EXPECT_EQ(outcome.error().status, 400);
  EXPECT_EQ(outcome.error().code, "invalid_erasure");
  return outcome.error().detail;
}

TEST(ErasureReader, MakesARecordForEachInstall) {
  const auto batch = read(body_of({kSecond, kFirst}));
  ASSERT_TRUE(batch) << batch.error().detail;
  ASSERT_EQ((*batch)->events.size(), 2U);
  const Event& event = (*batch)->events[0];
  EXPECT_EQ(event.topic, "staging.erasure-requests");
  EXPECT_EQ(event.key, kFirst);
  EXPECT_EQ(event.schema, "ErasureRequest/1");
  EXPECT_FALSE(event.reject);
  EXPECT_EQ(json::parse(event.record), (json{{"eventId", event.event_id.text()},
                                             {"installId", kFirst},
                                             {"requestedAt", kRequested},
                                             {"receivedAt", "2025-11-28T12:00:00.005Z"},
                                             {"keyId", "desk"}}));
  EXPECT_EQ((*batch)->events[1].key, kSecond);
  EXPECT_EQ((*batch)->events[1].correlation_id, event.correlation_id);
}

TEST(ErasureReader, ARequestThatIsSentAgainMakesTheSameRecords) {
  const auto first = read(body_of({kFirst})), again = read(body_of({kFirst}));
  const auto later = read(body_of({kFirst}, "2026-11-29T12:00:00.000Z"));
  EXPECT_EQ((*first)->events[0].event_id, (*again)->events[0].event_id);
  EXPECT_FALSE((*first)->events[0].event_id == (*later)->events[0].event_id);
}

TEST(ErasureReader, AnInstallThatIsNamedTwiceIsOneWhateverItsCase) {
  const auto batch = read(body_of({kFirst, kFirst, "1B4E28BA-2FA1-41D2-883F-0016D3CCA427"}));
  EXPECT_EQ((*batch)->events.size(), 1U);
}

TEST(ErasureReader, WhatIsNoRequestIsRefusedWithItsPlaceAndShowsNothingOfIt) {
  EXPECT_THAT(fault_of("nonsense"), HasSubstr("JSON object"));
  EXPECT_THAT(fault_of("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(fault_of(std::string(10'000, '[')), HasSubstr("JSON object"));
  EXPECT_THAT(fault_of("{}"), HasSubstr("/installIds"));
  EXPECT_THAT(fault_of(body_of(json::array())), HasSubstr("1 to 100"));
  EXPECT_THAT(fault_of(body_of(json(101, kFirst))), HasSubstr("1 to 100"));
  EXPECT_EQ(fault_of(body_of(json(100, kFirst))), "none");
  EXPECT_THAT(fault_of(body_of(kFirst)), HasSubstr("/installIds"));
  const std::string fault = fault_of(body_of({kFirst, "anna@example.com"}));
  EXPECT_THAT(fault, HasSubstr("/installIds/1: expected a UUID"));
  EXPECT_THAT(fault, Not(HasSubstr("anna")));
  EXPECT_THAT(fault_of(body_of({kFirst, 7})), HasSubstr("/installIds/1"));
  EXPECT_THAT(fault_of(body_of({kFirst}, "yesterday")), HasSubstr("/requestedAt"));
  EXPECT_THAT(fault_of(body_of({kFirst}, nullptr)), HasSubstr("/requestedAt"));
}

TEST(ErasureReader, TheHeadDecidesAboutTypeEncodingAndSize) {
  RequestHead good = head();
  EXPECT_TRUE(ErasureReader::check_head(good));
  good.content_length = ErasureReader::kBodyBytesMax;
  EXPECT_TRUE(ErasureReader::check_head(good));
  good.content_length = ErasureReader::kBodyBytesMax + 1;
  EXPECT_EQ(ErasureReader::check_head(good).error().status, 413);
  RequestHead lines = head();
  lines.content_type = "application/x-ndjson";
  EXPECT_EQ(ErasureReader::check_head(lines).error().code, "unsupported_type");
  RequestHead packed = head();
  packed.content_encoding = "gzip";
  EXPECT_EQ(ErasureReader::check_head(packed).error().code, "unsupported_encoding");
}

}  // namespace
}  // namespace penstock::gateway
