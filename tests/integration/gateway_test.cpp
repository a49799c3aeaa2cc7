// Goal: a request is answered as the protocol says, and what was answered well is in Kafka.
// Method: raw requests to the real gateway with a real broker behind it, read back from the topics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "support/eventually.hpp"
#include "support/gateway_process.hpp"
#include "support/http_client.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::GatewayOptions;
using test::GatewayProcess;
using test::HttpAnswer;
using test::HttpClient;
using test::HttpHeaders;
using test::KafkaBroker;
using test::KafkaRecord;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr const char* kInstall = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

Json click(int seq, const std::string& user = "user-4711") {
  return {{"seq", seq},
          {"eventType", "UserActivity"},
          {"timestamp", "2026-01-02T03:04:05.678Z"},
          {"activityType", "Click"},
          {"userId", user}};
}

Json batch_of(std::initializer_list<Json> events) {
  return {{"installId", kInstall},
          {"context", {{"app", "ApprovalDesk"}}},
          {"events", std::vector<Json>(events)}};
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class GatewayTest : public ::testing::Test {
 protected:
  // Behind the shared broker, with topics of this case alone.
  GatewayProcess& start(GatewayOptions options = {}) {
    options.brokers = KafkaBroker::shared().bootstrap();
    options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix();
    gateway_ = std::make_unique<GatewayProcess>(options);
    return *gateway_;
  }
  static std::string prefix() {
    return std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".";
  }
  static HttpHeaders headers_for(const GatewayProcess& gateway, const HttpHeaders& more = {}) {
    HttpHeaders headers{{"Authorization", "Bearer " + gateway.write_key()},
                        {"Content-Type", "application/json"}};
    for (const auto& [name, value] : more) headers[name] = value;
    return headers;
  }
  static HttpAnswer post_to(const GatewayProcess& gateway, const std::string& body,
                            const HttpHeaders& more = {}) {
    const HttpClient client(gateway.base_url(), gateway.ca_file());
    return client.post("/v1/events", body, headers_for(gateway, more));
  }
  HttpAnswer post(const std::string& body, const HttpHeaders& more = {}) const {
    return post_to(*gateway_, body, more);
  }
  static std::vector<KafkaRecord> records(const std::string& topic) {
    return test::read_topic(KafkaBroker::shared().bootstrap(), prefix() + topic);
  }
  static std::set<std::string> event_ids() {
    std::set<std::string> ids;
    for (const auto& record : records("user-activity"))
      ids.insert(record.header("eventId").value_or("none"));
    return ids;
  }
  std::string admin(const std::string& path) const {
    return HttpClient(gateway_->admin_url()).get(path).body;
  }

  std::unique_ptr<GatewayProcess> gateway_;
};

// --- What lies in Kafka -------------------------------------------------------------------------

TEST_F(GatewayTest, ABatchIsInKafkaCompleteOnceItIsAnswered) {
  start();
  Json change = {{"seq", 2},
                 {"eventType", "DatabaseChange"},
                 {"recordId", "R-1"},
                 {"action", "Approved"},
                 {"timestamp", "2026-01-02T03:04:05.678Z"}};
  const auto answer =
      post(batch_of({click(1), change, click(3, "user-2")}).dump(),
           {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"accepted":3,"rejected":[]})"));

  const auto activity = records("user-activity");
  ASSERT_THAT(activity, SizeIs(2));
  std::set<std::string> keys;
  for (const auto& record : activity) {
    keys.insert(record.key.value_or(""));
    const Json event = Json::parse(record.value);
    EXPECT_EQ(event["timestamp"], "2026-01-02T03:04:05.678Z");
    EXPECT_EQ(event["metadata"]["app"], "ApprovalDesk");
    EXPECT_EQ(event["correlationId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_THAT(record.header("traceparent").value_or(""), HasSubstr("4bf92f3577b34da6"));
    EXPECT_EQ(record.header("schema"), "UserActivity/1");
  }
  EXPECT_THAT(keys, ::testing::ElementsAre("user-2", "user-4711"));
  ASSERT_THAT(records("db-changes"), SizeIs(1));
  EXPECT_EQ(records("db-changes")[0].key, "R-1");
}

TEST_F(GatewayTest, SentTwiceThroughAnyReplicaIsOneEvent) {
  const GatewayProcess& first = start();
  GatewayOptions options;
  options.brokers = KafkaBroker::shared().bootstrap();
  options.environment["PENSTOCK_KAFKA_TOPIC_PREFIX"] = prefix();
  const GatewayProcess second(options);
  const std::string batch = batch_of({click(1), click(2)}).dump();
  ASSERT_EQ(post_to(first, batch).status, 200);
  ASSERT_EQ(post_to(second, batch).status, 200);
  EXPECT_THAT(records("user-activity"), SizeIs(4));
  EXPECT_THAT(event_ids(), SizeIs(2));

  Json nameless = click(1);
  nameless.erase("seq");
  for (const GatewayProcess* gateway : {&first, &second})
    ASSERT_EQ(post_to(*gateway, nameless.dump(), {{"Idempotency-Key", "order-7"}}).status, 200);
  EXPECT_THAT(event_ids(), SizeIs(3));
}

TEST_F(GatewayTest, ABadEventIsOneVerdictAndLiesMaskedAmongTheDeadLetters) {
  start();
  Json bad = click(2);
  bad.erase("timestamp");
  bad["details"] = {{"mail", "anna@example.com"}, {"password", "hunter2"}};
  const auto answer = post(batch_of({click(1), bad, click(3)}).dump());
  ASSERT_EQ(answer.status, 200);
  const Json verdicts = Json::parse(answer.body);
  EXPECT_EQ(verdicts["accepted"], 2);
  ASSERT_EQ(verdicts["rejected"].size(), 1u);
  EXPECT_EQ(verdicts["rejected"][0]["index"], 1);
  EXPECT_EQ(verdicts["rejected"][0]["code"], "missing_field");

  EXPECT_THAT(records("user-activity"), SizeIs(2));
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_THAT(letters[0].value, AllOf(Not(HasSubstr("anna")), Not(HasSubstr("hunter2"))));
  EXPECT_EQ(letters[0].header("code"), "missing_field");
  EXPECT_EQ(letters[0].header("pointer"), "/timestamp");
  EXPECT_EQ(letters[0].header("originalTopic"), prefix() + "user-activity");
  EXPECT_EQ(letters[0].header("context"), R"({"app":"ApprovalDesk"})");
  EXPECT_TRUE(letters[0].header("keyId"));
  EXPECT_TRUE(letters[0].header("rejectedAt"));
}

TEST_F(GatewayTest, PersonalDataThatComesInRawIsNowhereBehind) {
  const GatewayProcess& gateway = start();
  Json event = click(1, "anna.smith@example.com");
  event["details"] = {
      {"note", "card 4111 1111 1111 1111"}, {"call", "+1 212 555 0142"}, {"password", "hunter2"}};
  ASSERT_EQ(post(batch_of({event, {{"userId", "anna.smith@example.com"}}}).dump()).status, 200);
  ASSERT_EQ(post("{broken anna.smith@example.com").status, 400);

  std::string everything = gateway.log() + admin("/metrics");
  for (const char* topic : {"user-activity", "dead-letter"}) {
    const auto found = records(topic);
    EXPECT_THAT(found, SizeIs(1));
    for (const auto& record : found) {
      everything += record.key.value_or("") + record.value;
      for (const auto& [name, value] : record.headers) everything += value;
    }
  }
  for (const char* planted : {"anna.smith", "4111 1111", "555 0142", "hunter2"})
    EXPECT_THAT(everything, Not(HasSubstr(planted)));
  EXPECT_THAT(everything, Not(HasSubstr(gateway.write_key())));
}

TEST_F(GatewayTest, EveryFormOfBodyIsTaken) {
  start();
  EXPECT_EQ(post(click(1).dump()).status, 200);
  EXPECT_EQ(post(Json({click(2), click(3)}).dump()).status, 200);
  EXPECT_EQ(post(click(4).dump() + "\n" + click(5).dump() + "\n",
                 {{"Content-Type", "application/x-ndjson"}})
                .status,
            200);
  EXPECT_EQ(post(gzip(batch_of({click(6)}).dump()), {{"Content-Encoding", "gzip"}}).status, 200);
  EXPECT_THAT(records("user-activity"), SizeIs(6));
}

// --- Refusals -----------------------------------------------------------------------------------

TEST_F(GatewayTest, WhatIsRefusedIsToldAsAProblemWithoutKeyOrContent) {
  GatewayOptions options;
  options.environment["PENSTOCK_LIMITS_BODY_BYTES"] = "64KiB";
  const GatewayProcess& gateway = start(options);
  const std::string good = click(1).dump();
  const std::string secret = "pk_of_somebody_else";
  const std::string large(100'000, ' ');
  const std::string bomb = gzip(std::string(32 * 1024 * 1024, ' '));
  const std::vector<std::pair<int, HttpAnswer>> cases{
      {401, post(good, {{"Authorization", ""}})},
      {401, post(good, {{"Authorization", "Bearer " + secret}})},
      {415, post(good, {{"Content-Type", "text/plain"}})},
      {415, post(good, {{"Content-Encoding", "br"}})},
      {413, post(large)},
      {413, post(bomb, {{"Content-Encoding", "gzip"}})},
      {400, post("{\"secret-content\":")},
      {400, post("")},
      {400, post("no gzip", {{"Content-Encoding", "gzip"}})},
  };
  for (const auto& [status, answer] : cases) {
    EXPECT_EQ(answer.status, status) << answer.body << answer.error;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const Json problem = Json::parse(answer.body, nullptr, false);
    EXPECT_EQ(problem.value("status", 0), status);
    EXPECT_FALSE(problem.value("detail", "").empty());
    EXPECT_THAT(answer.body, AllOf(Not(HasSubstr(secret)), Not(HasSubstr("secret-content"))));
  }
  const HttpClient client(gateway.base_url(), gateway.ca_file());
  EXPECT_EQ(client.get("/v1/events", headers_for(gateway)).status, 405);
  EXPECT_EQ(client.post("/nowhere", good, headers_for(gateway)).status, 404);
  EXPECT_THAT(records("user-activity"), SizeIs(0));
}

TEST_F(GatewayTest, AKeyThatSendsTooFastIsToldWhenToComeBack) {
  GatewayOptions options;
  options.requests_per_second = 1;
  start(options);
  HttpAnswer answer;
  ASSERT_TRUE(eventually([&] {
    answer = post(click(1).dump());
    return answer.status == 429;
  }));
  EXPECT_GE(std::stoi(answer.header("retry-after")), 1);
  EXPECT_EQ(answer.header("ratelimit-remaining"), "0");
}

// --- Kafka away, and the end --------------------------------------------------------------------

TEST_F(GatewayTest, WithKafkaAwayItSaysSoAndComesBackByItself) {
  KafkaBroker broker;
  GatewayOptions options;
  options.brokers = broker.bootstrap();
  gateway_ = std::make_unique<GatewayProcess>(options);
  ASSERT_EQ(post(batch_of({click(1)}).dump()).status, 200);

  broker.kill();
  HttpAnswer refused;
  ASSERT_TRUE(eventually([&] {
    refused = post(batch_of({click(2)}).dump());
    return refused.status == 503;
  }));
  EXPECT_FALSE(refused.header("retry-after").empty());
  EXPECT_TRUE(
      eventually([&] { return HttpClient(gateway_->admin_url()).get("/readyz").status == 503; }));
  EXPECT_EQ(HttpClient(gateway_->admin_url()).get("/healthz").status, 200);

  broker.restart();
  gateway_->wait_until_ready();
  EXPECT_EQ(post(batch_of({click(3)}).dump()).status, 200);
  std::set<std::uint64_t> seqs;
  for (const auto& record : test::read_topic(broker.bootstrap(), "user-activity"))
    seqs.insert(Json::parse(record.value)["seq"].get<std::uint64_t>());
  EXPECT_TRUE(seqs.contains(1));
  EXPECT_TRUE(seqs.contains(3));
}

TEST_F(GatewayTest, AskedToEndItAnswersWhatIsOpenAndEndsWell) {
  GatewayOptions options;
  options.environment["PENSTOCK_KAFKA_LINGER"] = "500ms";  // so that a request is open for a while
  GatewayProcess& gateway = start(options);
  HttpAnswer answer;
  std::thread request([&] { answer = post(click(1).dump()); });
  EXPECT_TRUE(eventually([&] {
    return admin("/metrics").find("\npenstock_kafka_events_in_flight 1") != std::string::npos;
  }));
  gateway.terminate();
  request.join();
  EXPECT_EQ(answer.status, 200) << answer.error;
  EXPECT_EQ(gateway.wait(test::kPatience), 0);
  EXPECT_THAT(records("user-activity"), SizeIs(1));
}

TEST_F(GatewayTest, OperatorsSeeHealthVersionAndMetrics) {
  start();
  ASSERT_EQ(post(click(1).dump()).status, 200);
  EXPECT_THAT(admin("/version"), HasSubstr("\"version\""));
  EXPECT_THAT(admin("/readyz"), HasSubstr("ready"));
  EXPECT_THAT(admin("/metrics"), HasSubstr("penstock_events_accepted_total 1"));
}

}  // namespace
}  // namespace penstock
