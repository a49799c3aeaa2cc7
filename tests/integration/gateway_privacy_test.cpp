// Goal: personal data that a client sends raw, wherever it puts it, gets no further than the
// gateway's memory: into no record of any topic, not into the log, not into the metrics.
// Method: plant it in every place of a request, then look for it everywhere behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "integration/gateway_fixture.hpp"
#include "support/kafka_admin.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/leaks/planted.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMail = "anna.smith@example.com";
constexpr const char* kCard = "4111 1111 1111 1111";
constexpr const char* kPhone = "+1 212 555 0142";

class GatewayPrivacyTest : public GatewayTest {
 protected:
  std::string everything_behind() const {
    std::string text = gateway_->log() + admin("/metrics").body;
    for (const char* topic : {"user-activity", "db-changes", "dead-letter"})
      text += text_of(records(topic));
    return text;
  }
  void expect_nothing_leaked() const {
    const std::string behind = everything_behind();
    for (const char* planted : {"anna.smith", "4111 1111", "555 0142", "hunter2"})
      EXPECT_THAT(behind, Not(HasSubstr(planted)));
    EXPECT_THAT(behind, Not(HasSubstr(gateway_->write_key())));
  }
};

TEST_F(GatewayPrivacyTest, NoFieldOfAnAcceptedEventLetsItThrough) {
  start();
  Json event = click(1, kMail);
  for (const char* name : {"sessionId", "pageId", "activityType", "correlationId", "other"})
    event[name] = kMail;
  event["details"] = {{"note", std::string("card ") + kCard},
                      {"deep", {{"call", {kPhone}}}},
                      {"password", "hunter2"},
                      {kMail, "as a name"}};
  event["metadata"] = {{"contact", kMail}};
  event[kPhone] = 1;
  const Json change = approval(2, kMail);
  const auto answer = post(batch_of({event, change}).dump());

  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body)["accepted"], 2) << answer.body;
  expect_nothing_leaked();
  EXPECT_THAT(everything_behind(), AllOf(HasSubstr("[email]"), HasSubstr("[card]"),
                                         HasSubstr("[phone]"), HasSubstr("[removed]")));
}

TEST_F(GatewayPrivacyTest, NoPlantedValueGetsThroughWhereverItStands) {
  start();
  const std::string sentence = planted_sentence();
  Json event = click(1, sentence.substr(0, 256));
  event["metadata"] = event[kPlantedEmail.value] = event["details"];
  Json bad = event;
  bad["eventType"] = sentence;
  // Where there is no valid JSON there are no names to mask by, so the sentence is all of it.
  const std::string lines =
      event.dump() + "\n" + bad.dump() + "\n{\"broken\": \"" + sentence + "\n" + sentence;
  const HttpHeaders headers{{"Content-Type", "application/x-ndjson"},
                            {"X-Correlation-Id", kPlantedEmail.value},
                            {"Idempotency-Key", kPlantedCard.value}};
  const auto answer = post(lines, headers);
  ASSERT_EQ(answer.status, 200) << answer.body;
  look_for_leaks("answer", answer.body);
  EXPECT_EQ(Json::parse(answer.body)["rejected"].size(), 3u) << answer.body;
  EXPECT_EQ(post(sentence).status, 400);
  EXPECT_EQ(post("{\"broken\": " + event.dump()).status, 400);
  EXPECT_EQ(records("dead-letter").size(), 3u);
}

// The proof that the search in every test of the gateway can fail.
TEST_F(GatewayPrivacyTest, AddressesThatAGatewayDoesNotMaskAreFoundInItsTopics) {
  const AllowLeaks allow("the gateway of this test does not mask e-mail addresses");
  GatewayOptions options = options_here();
  options.environment["PENSTOCK_PRIVACY_DETECT_EMAILS"] = "false";
  start(options);
  ASSERT_EQ(post(click(1).dump()).status, 200);
  ASSERT_EQ(records("user-activity").size(), 1u);
  const auto leaks = take_leaks();
  const std::string where = "value of a record in " + prefix() + "user-activity";
  EXPECT_THAT(leaks, ::testing::ElementsAre(Leak{where, kPlantedEmail.kind},
                                            Leak{where, kPlantedUmlautEmail.kind}));
  KafkaAdmin(KafkaBroker::shared().bootstrap()).delete_topic(prefix() + "user-activity");
}

TEST_F(GatewayPrivacyTest, EscapesDoNotHideIt) {
  start();
  const std::string body =
      R"({"seq":1,"eventType":"UserActivity","timestamp":"2026-01-02T03:04:05Z",)"
      R"("activityType":"Click","userId":"\u0061nna.smith\u0040example.com",)"
      R"("details":{"pass\u0077ord":"hunter2","card":"4111\u00201111 1111 1111"}})";
  const auto answer = post(body);

  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body)["accepted"], 1) << answer.body;
  expect_nothing_leaked();
  for (const Json& event : events("user-activity")) {
    EXPECT_EQ(event["userId"], "[email]");
    EXPECT_EQ(event["details"], Json::parse(R"({"password":"[removed]","card":"[card]"})"));
  }
}

TEST_F(GatewayPrivacyTest, NeitherTheEnvelopeNorTheHeadersLetItThrough) {
  start();
  Json batch = batch_of({click(1), {{"eventType", "UserActivity"}}});
  batch["installId"] = kMail;
  batch["context"] = {{"owner", kMail}, {kMail, "as a name"}, {"password", "hunter2"}};
  batch["sdk"] = {{"name", kMail}};
  batch["dropped"] = {{kMail, 3}};
  const auto answer = post(batch.dump(), {{"X-Correlation-Id", kMail}, {"Idempotency-Key", kMail}});

  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["rejected"].size(), 1u);
  expect_nothing_leaked();
}

TEST_F(GatewayPrivacyTest, NeitherDeadLettersNorTheirReasonsLetItThrough) {
  start();
  const std::string lines =
      std::string(R"({"eventType":"anna.smith@example.com","timestamp":"2026-01-02T03:04:05Z"})"
                  "\n"
                  R"({"eventType":"UserActivity","timestamp":"anna.smith@example.com"})"
                  "\n"
                  R"({"broken": "anna.smith@example.com)"
                  "\n"
                  R"({"anna.smith@example.com":1,"anna.smith@example.com":2})"
                  "\n"
                  R"({"details":{"anna.smith@example.com)") +
      std::string(200, 'x') + R"(":1}})" + "\n" + R"(call +1 212 555 0142, 4111 1111 1111 1111)";
  const auto answer = post(lines, {{"Content-Type", "application/x-ndjson"}});

  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["rejected"].size(), 6u) << answer.body;
  EXPECT_EQ(records("dead-letter").size(), 6u);
  expect_nothing_leaked();
}

TEST_F(GatewayPrivacyTest, TheKeyOfADeadLetterIsMaskedWhateverStandsInForIt) {
  start();
  Json batch =
      batch_of({{{"eventType", "Unknown"}, {"installId", ""}}, {{"eventType", "Unknown"}}});
  batch["installId"] = kMail;
  const auto answer = post(batch.dump());
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["rejected"].size(), 2u) << answer.body;
  expect_nothing_leaked();
}

TEST_F(GatewayPrivacyTest, EachKeysEventsAndDeadLettersAreMaskedByTheRulesOfThatKey) {
  GatewayOptions options = options_here();
  options.more_keys = "  - id: second\n    digest: " + digest_of("second-key") +
                      "\n    privacy:\n      rules: [details.name mask last 2]\n"
                      "      remove_fields: [city]\n      detect_coordinates: true\n";
  options.environment["PENSTOCK_PRIVACY_RULES"] = "details.name remove,userId replace user";
  start(options);
  Json event = click(1);
  event["details"] = {{"name", "Jonathan"}, {"city", "Berne"}, {"at", "48.85837, 2.29448"}};
  Json bad = event;
  bad["eventType"] = "Unknown";
  const std::string body = batch_of({event, bad}).dump();
  const HttpHeaders second{{"Authorization", "Bearer second-key"}};
  ASSERT_EQ(Json::parse(post(body).body)["accepted"], 1);
  ASSERT_EQ(Json::parse(post(body, second).body)["accepted"], 1);

  const Json common = {{"name", "[removed]"}, {"city", "Berne"}, {"at", "48.85837, 2.29448"}};
  const Json own = {{"name", "[masked]an"}, {"city", "[removed]"}, {"at", "[coordinates]"}};
  for (const char* topic : {"user-activity", "dead-letter"}) {
    std::vector<Json> details;
    for (const Json& each : events(topic)) {
      EXPECT_EQ(each["userId"], "user") << topic;
      details.push_back(each["details"]);
    }
    EXPECT_THAT(details, ::testing::UnorderedElementsAre(common, own)) << topic;
  }
}

TEST_F(GatewayPrivacyTest, BodiesThatAreRefusedAsAWholeLeaveNoTrace) {
  start();
  EXPECT_EQ(post(std::string("{broken ") + kMail).status, 400);
  EXPECT_EQ(post(R"({"installId":7,"events":[],"note":"anna.smith@example.com"})").status, 400);
  EXPECT_EQ(post(kMail, {{"Content-Type", "application/anna.smith"}}).status, 415);
  EXPECT_EQ(post(click(1, kMail).dump(), {{"Authorization", "Bearer anna.smith"}}).status, 401);
  expect_nothing_leaked();
  EXPECT_TRUE(records("dead-letter").empty());
}

}  // namespace
}  // namespace penstock::test
