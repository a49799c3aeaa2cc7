// Goal: what was answered 200 lies in Kafka as the protocol says: in its topic and partition, with
// key, headers and a complete value, and under an id that names it however often it is sent.
// Method: raw requests to the real gateway with a real broker behind it, read back from the topics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "integration/gateway_fixture.hpp"
#include "support/leaks/planted.hpp"
#include "support/temp_directory.hpp"
#include "unit/gateway/decode/compression.hpp"

namespace penstock::test {
namespace {

using gateway::testing::gzipped;
using gateway::testing::zstandard;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr const char* kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// uuid5(project, name) of Python's uuid module, with
// project = uuid5("8f0c1d5e-2b7a-4c3e-9d61-5a43e7b816f2", "test"). Consumers dedupe over releases,
// so these never change.
constexpr const char* kIdOfSeq1 = "17e12639-4692-59df-9d1b-931096f6c136";  // kInstall ":1"
constexpr const char* kIdOfSeq2 = "3e4fbf97-f04d-5810-a773-93bdaf1e9e04";  // kInstall ":2"
constexpr const char* kIdOfKey0 = "6c4d3885-79ba-5ec7-a25c-b79ebc688d55";  // "key\norder-7\n0"
constexpr const char* kIdOfKey1 = "82df4086-4ec2-5498-9856-93646f5f72bf";  // "key\norder-7\n1"
constexpr const char* kIdOfMine = "466f8c53-8350-5d08-b7a2-6618381642c6";  // "event\nmine"

Json without(Json event, const char* field) {
  event.erase(field);
  return event;
}

std::multiset<std::string> ids_of(const std::vector<Json>& events) {
  std::multiset<std::string> ids;
  for (const Json& event : events) ids.insert(event.value("eventId", ""));
  return ids;
}

// Of 2026-01-02T03:04:05.678Z, in milliseconds since 1970.
std::int64_t since_epoch_ms(const std::string& time) {
  tm broken_down{};
  const char* const fraction = strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &broken_down);
  EXPECT_NE(fraction, nullptr) << time;
  return fraction == nullptr ? 0 : timegm(&broken_down) * 1000 + std::stoi(fraction + 1);
}

TEST_F(GatewayTest, BatchIsInKafkaCompleteOnceItIsAnswered) {
  start();
  Json event = click(1);
  event["metadata"] = {{"locale", "de"}};
  event["details"] = {{"element", "approve-button"}, {"nested", {1, "two", nullptr}}};
  Json batch = batch_of({event, approval(2, "REQ-1041")});
  batch["sentAt"] = kWhen;

  const auto answer = post(batch.dump(), {{"traceparent", kTrace}});

  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"accepted":2,"rejected":[]})"));
  const auto activity = records("user-activity");
  ASSERT_THAT(activity, SizeIs(1));
  EXPECT_EQ(activity[0].key, "user-4711");
  EXPECT_EQ(activity[0].header("eventId"), kIdOfSeq1);
  EXPECT_EQ(activity[0].header("correlationId"), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(activity[0].header("traceparent"), kTrace);
  EXPECT_EQ(activity[0].header("schema"), "UserActivity/1");

  Json value = Json::parse(activity[0].value);
  const std::string received_at = value["receivedAt"];
  EXPECT_EQ(value["clockSkewMs"], since_epoch_ms(received_at) - since_epoch_ms(kWhen));
  EXPECT_NEAR(static_cast<double>(since_epoch_ms(received_at)) / 1000,
              static_cast<double>(time(nullptr)), 600);
  value.erase("receivedAt");
  value.erase("clockSkewMs");
  event["metadata"]["app"] = "ApprovalDesk";
  event["installId"] = kInstall;
  event["eventId"] = kIdOfSeq1;
  event["correlationId"] = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(value, event);

  const auto changes = records("db-changes");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].key, "REQ-1041");
  EXPECT_EQ(changes[0].header("schema"), "DatabaseChange/1");
  EXPECT_EQ(Json::parse(changes[0].value)["metadata"]["app"], "ApprovalDesk");
}

TEST_F(GatewayTest, ReadyMeansThatEventsAreTakenAtOnceAlsoForTopicsThatItHasJustCreated) {
  for (int i = 0; i < 15; ++i) {
    GatewayOptions options = options_here();
    options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix() + std::to_string(i) + ".";
    const auto answer = post_to(start(options), click(1).dump());
    ASSERT_EQ(answer.status, 200) << answer.body << gateway_->log();
  }
}

TEST_F(GatewayTest, RecordsLieUnderTheKeyAndInThePartitionThatAJavaClientChooses) {
  GatewayOptions options = options_here();
  options.environment["PENSTOCK_KAFKA_PARTITIONS"] = "7";
  start(options);
  // toPositive(Utils.murmur2(key)) % 7 of kafka-clients 4.1.0.
  const std::map<std::string, int> of_users{{"user-1", 3}, {"user-4711", 3}, {"a", 5},
                                            {"ab", 0},     {"abc", 4},       {"Zoë", 1}};
  const std::string install = "0f8fad5b-d9cb-469f-a165-70867728950e";
  std::vector<Json> sent{without(click(1), "userId"), approval(2, "REQ-1041"), approval(3, "-")};
  sent[2]["userId"] = "abcd";
  for (const auto& [user, partition] : of_users)
    sent.push_back(click(static_cast<int>(sent.size()) + 1, user));
  Json batch = batch_of(sent);
  batch["installId"] = install;
  ASSERT_EQ(post(batch.dump()).status, 200);

  std::map<std::string, int> activity;
  for (const auto& record : records("user-activity"))
    activity[record.key.value_or("none")] = record.partition;
  std::map<std::string, int> expected = of_users;
  expected[install] = 4;
  EXPECT_EQ(activity, expected);
  std::map<std::string, int> changes;
  for (const auto& record : records("db-changes"))
    changes[record.key.value_or("none")] = record.partition;
  EXPECT_EQ(changes, (std::map<std::string, int>{{"REQ-1041", 1}, {"abcd", 5}}));
}

TEST_F(GatewayTest, BatchSentTwiceThroughDifferentReplicasIsOneOfEachEvent) {
  const GatewayProcess& first = start();
  const GatewayProcess second(options_here());
  const std::string batch = batch_of({click(1), click(2)}).dump();
  ASSERT_EQ(post_to(first, batch).status, 200);
  ASSERT_EQ(post_to(second, batch).status, 200);

  EXPECT_THAT(ids_of(events("user-activity")),
              UnorderedElementsAre(kIdOfSeq1, kIdOfSeq1, kIdOfSeq2, kIdOfSeq2));
}

TEST_F(GatewayTest, EventsWithoutNumbersAreNamedByTheIdempotencyKeyAndTheirIndex) {
  const GatewayProcess& first = start();
  const GatewayProcess second(options_here());
  const Json event = without(click(1), "seq");
  const std::string body = Json({event, event}).dump();
  ASSERT_EQ(post_to(first, body, {{"Idempotency-Key", "order-7"}}).status, 200);
  ASSERT_EQ(post_to(second, body, {{"Idempotency-Key", "order-7"}}).status, 200);
  EXPECT_THAT(ids_of(events("user-activity")),
              UnorderedElementsAre(kIdOfKey0, kIdOfKey0, kIdOfKey1, kIdOfKey1));

  ASSERT_EQ(post(body).status, 200);
  ASSERT_EQ(post(body).status, 200);
  const auto ids = ids_of(events("user-activity"));
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), SizeIs(6))
      << "without any name, each is an event of its own";
}

TEST_F(GatewayTest, WhatAClientSaysUnderReservedNamesIsNotTrusted) {
  start();
  Json forged = click(1);
  forged["eventId"] = kIdOfSeq2;
  forged["receivedAt"] = "1999-01-01T00:00:00.000Z";
  forged["clockSkewMs"] = 86400000;
  Json named = without(click(2), "seq");
  named["eventId"] = "mine";
  ASSERT_EQ(post(batch_of({forged, named}).dump()).status, 200);

  const auto stamped = events("user-activity");
  EXPECT_THAT(ids_of(stamped), UnorderedElementsAre(kIdOfSeq1, kIdOfMine));
  for (const Json& event : stamped) {
    EXPECT_THAT(event["receivedAt"].get<std::string>(), Not(HasSubstr("1999")));
    EXPECT_FALSE(event.contains("clockSkewMs")) << "the batch had no sentAt";
  }
}

TEST_F(GatewayTest, BadEventIsOneVerdictAndLiesMaskedAmongTheDeadLetters) {
  start();
  Json bad = without(click(2), "timestamp");
  bad["details"] = {
      {"note", kPlantedEmail.value}, {"password", kPlantedPassword.value}, {"element", "b"}};
  const auto answer = post(batch_of({click(1), bad, click(3)}).dump());

  ASSERT_EQ(answer.status, 200);
  const Json verdicts = Json::parse(answer.body);
  EXPECT_EQ(verdicts["accepted"], 2);
  ASSERT_EQ(verdicts["rejected"].size(), 1u);
  EXPECT_EQ(verdicts["rejected"][0]["index"], 1);
  EXPECT_EQ(verdicts["rejected"][0]["code"], "missing_field");
  EXPECT_EQ(verdicts["rejected"][0]["pointer"], "/timestamp");

  EXPECT_THAT(records("user-activity"), SizeIs(2));
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  bad["details"] = {{"note", "[email]"}, {"password", "[removed]"}, {"element", "b"}};
  EXPECT_EQ(Json::parse(letters[0].value), bad) << "as it came, but masked";
  EXPECT_EQ(letters[0].header("code"), "missing_field");
  EXPECT_EQ(letters[0].header("pointer"), "/timestamp");
  EXPECT_EQ(letters[0].header("originalTopic"), prefix() + "user-activity");
  EXPECT_EQ(letters[0].header("context"), R"({"app":"ApprovalDesk"})");
  EXPECT_EQ(letters[0].header("keyId"), "test-app");
  EXPECT_EQ(letters[0].header("index"), "1");
  EXPECT_EQ(letters[0].header("eventId"), kIdOfSeq2);
  EXPECT_NEAR(
      static_cast<double>(since_epoch_ms(letters[0].header("rejectedAt").value_or(""))) / 1000,
      static_cast<double>(time(nullptr)), 600);
}

TEST_F(GatewayTest, CustomEventIsHeldAgainstTheSchemaOfItsVersion) {
  const TempDirectory schemas;
  std::ofstream(schemas / "Purchase.v2.json") << R"({
      "required": ["details"],
      "properties": {"details": {"required": ["total"],
                                 "properties": {"total": {"type": "number"}}}}})";
  GatewayOptions options = options_here();
  options.environment["PENSTOCK_EVENT_TYPES_SCHEMAS"] = schemas.path();
  start(options);
  const auto purchase = [](int seq, const Json& total) {
    return Json{{"seq", seq},
                {"eventType", "Purchase"},
                {"timestamp", kWhen},
                {"schemaVersion", 2},
                {"userId", "user-4711"},
                {"details", {{"total", total}, {"note", "anna@example.com"}}}};
  };
  Json old = purchase(4, 1);
  old["schemaVersion"] = 1;
  const auto answer =
      post(batch_of({purchase(1, 12.5), purchase(2, "anna"), click(3), old}).dump());

  ASSERT_EQ(answer.status, 200) << answer.body << gateway_->log();
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"accepted":2,"rejected":[
      {"index":1,"code":"schema_violation","pointer":"/details/total",
       "message":"expected what the schema of its type says"},
      {"index":3,"code":"unknown_schema_version","pointer":"/schemaVersion",
       "message":"expected a version of this type that has a schema here"}]})"));
  EXPECT_THAT(records("user-activity"), SizeIs(1));

  const auto custom = records("custom-events");
  ASSERT_THAT(custom, SizeIs(1));
  EXPECT_EQ(custom[0].key, "user-4711");
  EXPECT_EQ(custom[0].header("schema"), "Purchase/2");
  EXPECT_EQ(custom[0].header("eventId"), kIdOfSeq1);
  Json value = Json::parse(custom[0].value);
  EXPECT_EQ(custom[0].header("correlationId"), value["correlationId"].get<std::string>());
  EXPECT_NEAR(static_cast<double>(since_epoch_ms(value["receivedAt"])) / 1000,
              static_cast<double>(time(nullptr)), 600);
  Json expected = purchase(1, 12.5);
  expected["details"]["note"] = "[email]";
  expected["metadata"]["app"] = "ApprovalDesk";
  expected["installId"] = kInstall;
  expected["eventId"] = kIdOfSeq1;
  EXPECT_EQ(without(without(value, "receivedAt"), "correlationId"), expected);

  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(2));
  for (const auto& letter : letters) {
    const bool is_old = letter.header("index") == "3";
    EXPECT_EQ(letter.header("code"), is_old ? "unknown_schema_version" : "schema_violation");
    EXPECT_EQ(letter.header("pointer"), is_old ? "/schemaVersion" : "/details/total");
    EXPECT_EQ(letter.header("originalTopic"), prefix() + "custom-events");
  }
  EXPECT_THAT(admin("/metrics").body,
              HasSubstr(R"(penstock_events_rejected_total{code="schema_violation"} 1)"));
}

TEST_F(GatewayTest, EveryFormAndEveryEncodingOfABodyIsTaken) {
  const GatewayProcess& gateway = start();
  const HttpHeaders lines{{"Content-Type", "application/x-ndjson"}};
  const std::string two_lines = click(4).dump() + "\n\n" + click(5).dump();
  const std::vector<HttpAnswer> answers{
      post(click(1).dump()),
      post(Json({click(2), click(3)}).dump()),
      post(two_lines, lines),
      post(batch_of({click(6)}).dump()),
      post(gzipped(batch_of({click(7)}).dump()), {{"Content-Encoding", "gzip"}}),
      post(zstandard(batch_of({click(8)}).dump()), {{"Content-Encoding", "zstd"}}),
      HttpClient(gateway.base_url(), gateway.ca_file())
          .post_chunked("/v1/events", click(9).dump(), headers_for(gateway)),
      post(R"({"events":[]})"),
  };
  for (const auto& answer : answers) EXPECT_EQ(answer.status, 200) << answer.body << answer.error;

  std::multiset<int> seqs;
  for (const Json& event : events("user-activity")) seqs.insert(event["seq"].get<int>());
  EXPECT_THAT(seqs, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

}  // namespace
}  // namespace penstock::test
