// Goal: nothing that a rule masks is left in anything that goes into Kafka, and nothing else
// changes. Method: personal data in each place where a client can put it; fields, identifiers and
// dead letters compared.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "unit/gateway/decode/decoding.hpp"
#include "unit/gateway/scrub/scrubbing.hpp"
#include "validate/validator.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp

constexpr const char* kMail = "jane.doe@corp.example";

std::shared_ptr<Batch> scrubbed(const RequestHead& head, const std::string& body,
                                const privacy::RuleSetOptions& options = {}) {
  auto batch = decode_with(head, body);
  Validator().check(*batch);
  scrub(Scrubber(privacy::RuleSet(options)), *batch);
  return batch;
}
std::shared_ptr<Batch> scrubbed(const std::string& body,
                                const privacy::RuleSetOptions& options = {}) {
  return scrubbed(json_head(), body, options);
}

const Field& field(const Batch& batch, std::string_view name) {
  for (const Field& field : batch.fields) {
    if (field.name == name) return field;
  }
  ADD_FAILURE() << "no field " << name;
  return batch.fields.front();
}

TEST(ScrubberTest, WhatHoldsNothingPersonalKeepsItsBytes) {
  const auto batch = scrubbed(
      "[" + click(R"(,"userId":"u","details":{ "a" : "\u0041" },"seq":4111111111111111)") + "]");
  EXPECT_EQ(field(*batch, "details").value, R"({ "a" : "\u0041" })");
  EXPECT_EQ(field(*batch, "userId").text, "u");
  EXPECT_EQ(field(*batch, "seq").value, "4111111111111111");
  EXPECT_EQ(field(*batch, "timestamp").text, "2024-12-08T12:34:56.789Z");
  EXPECT_TRUE(batch->events[0].record.empty());
}

TEST(ScrubberTest, FindingsAreMaskedInEveryField) {
  const std::string mail = kMail;
  const auto batch = scrubbed("[" +
                              click(R"(,"userId":")" + mail + R"(","pageId":"of )" + mail +
                                    R"(","correlationId":")" + mail + R"(","details":{"a":["to )" +
                                    mail + R"("]},"metadata":{"x":"4111 1111 1111 1111"},"own":")" +
                                    mail + R"(","password":"hunter2")") +
                              "]");
  EXPECT_EQ(field(*batch, "userId").value, R"("[email]")");
  EXPECT_EQ(field(*batch, "userId").text, "[email]");
  EXPECT_EQ(field(*batch, "pageId").text, "of [email]");
  EXPECT_EQ(field(*batch, "correlationId").text, "[email]");
  EXPECT_EQ(field(*batch, "details").value, R"({"a":["to [email]"]})");
  EXPECT_EQ(field(*batch, "metadata").value, R"({"x":"[card]"})");
  EXPECT_EQ(field(*batch, "own").value, R"("[email]")");
  EXPECT_EQ(field(*batch, "password").value, R"("[removed]")");
}

TEST(ScrubberTest, TextAndValueOfAMaskedIdentifierAgree) {
  const auto batch =
      scrubbed("[" + click(R"(,"userId":"\"\u0061\\ )" + std::string(kMail) + "\"") + "]");
  const Field& user = field(*batch, "userId");
  EXPECT_EQ(user.text, "\"a\\ [email]");
  EXPECT_EQ(nlohmann::json::parse(user.value).get<std::string>(), user.text);
}

TEST(ScrubberTest, NamesOfFieldsAreMaskedToo) {
  const auto batch = scrubbed(R"({"context":{")" + std::string(kMail) + R"(":1},"events":[)" +
                              click(R"(,")" + std::string(kMail) + R"(":2)") + "]}");
  EXPECT_EQ(batch->context[0].name, "[email]");
  EXPECT_EQ(field(*batch, "[email]").value, "2");
}

// A name that looks like one of ours keeps its place, too.
TEST(ScrubberTest, ContextNamesThatAreMaskedToTheSameStayApart) {
  const auto batch = scrubbed(
      R"({"context":{"anna@example.com":1,"[email 2]":2,"berta@example.com":3,"c@example.org":4},"events":[]})");
  std::vector<std::string_view> names;
  for (const auto& field : batch->context) names.push_back(field.name);
  EXPECT_THAT(names, ::testing::ElementsAre("[email]", "[email 2]", "[email 3]", "[email 4]"));
}

TEST(ScrubberTest, NamesOfAnEventsFieldsThatAreMaskedToTheSameStayApart) {
  const auto batch = scrubbed(click(R"(,"anna@example.com":1,"berta@example.com":2)"));
  EXPECT_EQ(field(*batch, "[email]").value, "1");
  EXPECT_EQ(field(*batch, "[email 2]").value, "2");
}

TEST(ScrubberTest, TheContextIsMasked) {
  const auto batch = scrubbed(R"({"context":{"app":"A","owner":")" + std::string(kMail) +
                              R"(","token":{"a":1}},"events":[]})");
  EXPECT_EQ(batch->context[0].value, "\"A\"");
  EXPECT_EQ(batch->context[1].value, R"("[email]")");
  EXPECT_EQ(batch->context[2].value, R"("[removed]")");
}

TEST(ScrubberTest, InstallIdsThatLeaveAreMaskedAndTheNameForEventIdsIsNot) {
  const std::string mail = kMail;
  const auto batch = scrubbed(R"({"installId":")" + mail + R"(","events":[)" + click() + "," +
                              click(R"(,"installId":"own)" + mail + "\"") + "," +
                              click(R"(,"installId":"i-2")") + ",{]}]}");
  EXPECT_EQ(batch->events[0].install_id, "[email]");
  EXPECT_EQ(batch->events[1].install_id, "[email]");
  EXPECT_EQ(batch->events[2].install_id, "i-2");
  EXPECT_EQ(batch->events[3].install_id, "[email]");
  EXPECT_EQ(batch->install_id, mail);
  EXPECT_EQ(field(*batch, "installId").text, "own" + mail);
}

TEST(ScrubberTest, TheCorrelationHeaderIsMasked) {
  RequestHead head = json_head();
  head.correlation_id = "for jane.doe@corp.example";
  EXPECT_EQ(scrubbed(head, "[]")->correlation_id, "for [email]");
  head.correlation_id = "plain";
  EXPECT_EQ(scrubbed(head, "[]")->correlation_id, "plain");
}

TEST(ScrubberTest, RulesOfTheConfigurationApply) {
  privacy::RuleSetOptions options;
  options.remove_fields = {"userId", "city"};
  options.detect[privacy::Kind::kEmail] = false;
  const auto batch = scrubbed("[" +
                                  click(R"(,"userId":"u","pageId":")" + std::string(kMail) +
                                        R"(","details":{"City":"Berne"})") +
                                  "]",
                              options);
  EXPECT_EQ(field(*batch, "userId").text, "[removed]");
  EXPECT_EQ(field(*batch, "pageId").text, kMail);
  EXPECT_EQ(field(*batch, "details").value, R"({"City":"[removed]"})");
}

privacy::RuleSetOptions with_rules(const std::vector<std::string>& lines) {
  privacy::RuleSetOptions options;
  const auto paths = privacy::PathRules::parse(lines);
  EXPECT_TRUE(paths) << paths.status().message();
  if (paths) options.paths = *paths;
  options.salt = "some salt";
  options.pseudonym_keys = {{"k1", "some key"}};
  return options;
}

TEST(ScrubberTest, RulesForPathsDecideOnEveryPartOfAnEvent) {
  const auto options =
      with_rules({"userId pseudonym k1", "correlationId remove", "context.app allow",
                  "context.* remove", "details.customer.name mask last 2", "details.help allow"});
  RequestHead head = json_head();
  head.correlation_id = "flow-1";
  const auto batch = scrubbed(
      head,
      R"({"context":{"app":"mail a@b.de","os":"x"},"events":[)" +
          click(
              R"(,"userId":"anna","details":{"customer":{"name":"Anna Smith"},"help":"a@b.de","to":"a@b.de"})") +
          "]}",
      options);
  EXPECT_EQ(batch->correlation_id, "[removed]");
  ASSERT_EQ(batch->context.size(), 2U);
  EXPECT_EQ(batch->context[0].value, R"("mail a@b.de")");
  EXPECT_EQ(batch->context[1].value, R"("[removed]")");
  const Field& user = field(*batch, "userId");
  EXPECT_THAT(std::string(user.text), ::testing::StartsWith("p:k1:"));
  EXPECT_EQ(user.value, "\"" + std::string(user.text) + "\"");
  EXPECT_EQ(field(*batch, "details").value,
            R"({"customer":{"name":"[masked]th"},"help":"a@b.de","to":"[email]"})");
}

TEST(ScrubberTest, RulesForPathsDecideOnDeadLettersToo) {
  const auto batch = scrubbed(R"([{"eventType":"Other","seq":"x","details":{"a":"to a@b.de"}}])",
                              with_rules({"details.a replace -"}));
  EXPECT_EQ(batch->events[0].record, R"({"eventType":"Other","seq":"x","details":{"a":"-"}})");
}

// Scrubs `body`, sent with a key whose rules are `own`; the common ones are `common`.
std::shared_ptr<Batch> scrubbed_for_key(std::shared_ptr<const privacy::RuleSet> own,
                                        const privacy::RuleSetOptions& common,
                                        const std::string& body) {
  auto batch = decode_with(json_head(), body);
  auto client = std::make_shared<ClientKey>(*batch->client);
  client->rules = std::move(own);
  batch->client = std::move(client);
  Validator().check(*batch);
  scrub(Scrubber(privacy::RuleSet(common)), *batch);
  return batch;
}

TEST(ScrubberTest, AKeysOwnRulesTakeThePlaceOfTheCommonOnesInAllPartsOfABatch) {
  const std::string body = R"({"context":{"app":"A"},"installId":"i-1","events":[)" +
                           click(R"(,"details":{"a":"x"})") +
                           R"(,{"eventType":"Other","details":{"a":"x"}},{"a":x@corp.example}]})";
  const auto common = with_rules({"details.a remove", "context.app remove", "installId remove"});
  auto options = with_rules({"details.a replace own", "context.app replace own"});
  options.detect[privacy::Kind::kEmail] = false;
  const auto own =
      scrubbed_for_key(std::make_shared<const privacy::RuleSet>(options), common, body);
  EXPECT_EQ(own->context[0].value, R"("own")");
  EXPECT_EQ(own->events[0].install_id, "i-1");
  EXPECT_EQ(field(*own, "details").value, R"({"a":"own"})");
  EXPECT_EQ(own->events[1].record, R"({"eventType":"Other","details":{"a":"own"}})");
  EXPECT_THAT(std::string(own->events[2].record), ::testing::HasSubstr("x@corp.example"));
  const auto other = scrubbed_for_key(nullptr, common, body);
  EXPECT_EQ(other->context[0].value, R"("[removed]")");
  EXPECT_EQ(other->events[0].install_id, "[removed]");
  EXPECT_EQ(field(*other, "details").value, R"({"a":"[removed]"})");
  EXPECT_EQ(other->events[1].record, R"({"eventType":"Other","details":{"a":"[removed]"}})");
  EXPECT_THAT(std::string(other->events[2].record), ::testing::HasSubstr("[email]"));
}

TEST(ScrubberTest, ADeadLetterThatIsJsonStaysJson) {
  const auto batch = scrubbed(R"([{"eventType":"Other","seq":"x","password":"hunter2","a":"to )" +
                              std::string(kMail) + R"("},{"b":1}])");
  EXPECT_EQ(batch->events[0].record,
            R"({"eventType":"Other","seq":"x","password":"[removed]","a":"to [email]"})");
  EXPECT_EQ(batch->events[1].record, R"({"b":1})");
}

TEST(ScrubberTest, ADeadLetterThatIsNoJsonIsAStringOfItsBytesMasked) {
  const auto batch = scrubbed("[{\"a\":" + std::string(kMail) + "},{\"b\":\"\xFF\"},]");
  EXPECT_EQ(nlohmann::json::parse(batch->events[0].record).get<std::string>(), "{\"a\":[email]}");
  EXPECT_EQ(nlohmann::json::parse(batch->events[1].record).get<std::string>(),
            "{\"b\":\"\xEF\xBF\xBD\"}");
  EXPECT_EQ(batch->events[2].record, "\"\"");
}

TEST(ScrubberTest, ADeadLetterThatIsTooLargeOrTooDeepIsBounded) {
  const std::string deep = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const std::string large = R"({"a":")" + std::string(300'000, 'x') + "\"}";
  const auto batch =
      scrubbed("[" + deep + "," + large + ",{\"\x01" + std::string(200'000, '\x01') + "\":1}]");
  for (const Event& event : batch->events) {
    ASSERT_TRUE(event.reject);
    const auto text = nlohmann::json::parse(event.record).get<std::string>();
    EXPECT_LE(text.size(), Scrubber::kBrokenBytesMax);
    EXPECT_GT(text.size(), Scrubber::kBrokenBytesMax - 4);
  }
}

TEST(ScrubberTest, MasksThatAreLongerThanWhatTheyReplaceFit) {
  std::string details = R"(,"details":{"a":[)";
  for (int i = 0; i < 500; ++i) details += R"({"pin":1},)";
  const auto batch =
      scrubbed("[" + click(details + "0]}") + "]",
               privacy::RuleSetOptions{.remove_fields = {"pin"}, .allow_fields = {}});
  const auto parsed = nlohmann::json::parse(field(*batch, "details").value);
  EXPECT_EQ(parsed["a"].size(), 501u);
  EXPECT_EQ(parsed["a"][499]["pin"], "[removed]");
}

}  // namespace
}  // namespace penstock::gateway
