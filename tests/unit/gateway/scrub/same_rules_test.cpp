// Goal: the SDK and the gateway make the same of an event by the same rules, and the gateway changes
// nothing of what the SDK has masked. Method: a table of rules and events, each through both.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "event/event_encoder.hpp"
#include "event/json_event.hpp"
#include "unit/gateway/decode/decoding.hpp"
#include "unit/gateway/scrub/scrubbing.hpp"
#include "validate/validator.hpp"

namespace penstock::gateway {
namespace {

using Json = nlohmann::json;
using testing::kReceivedAtMs;

const std::vector<std::vector<std::string>> kRuleTable = {
    {},
    {"details.support allow", "details.customer.name mask last 2", "details.list remove",
     "metadata.* remove"},
    {"**.comment replace [comment]", "userId pseudonym k1", "metadata.ip truncate ip"},
    {"userId hash", "details.** hash"},
    {"pageId mask last 4", "recordId hash", "action allow", "details.place truncate coordinates 2"},
    {"details.customer allow", "**.name remove"},
    {"details.day truncate day", "* hash"},
};

const std::vector<std::string> kEventTable = {
    R"("userId":"anna@example.com","pageId":"page of 4111 1111 1111 1111")",
    R"("details":{"support":{"mail":"a@example.com"},"customer":{"name":"Anna Smith","password":"x"}})",
    R"("details":{"comment":"call +1 212 555 0142","list":[{"comment":{"a":1}},null,true,-4.5e3]})",
    R"("metadata":{"ip":"203.0.113.9","b@example.com":1,"c@example.com":2},"details":{"name":{"x":[1]}})",
    R"("details":{"place":"48.85837, 2.29448","day":"2026-11-28T10:00:00Z","quoted":"a \"b\" \u00e9"})",
};

privacy::RuleSet rules_of(const std::vector<std::string>& lines) {
  privacy::RuleSetOptions options;
  auto paths = privacy::PathRules::parse(lines);
  EXPECT_TRUE(paths) << paths.status().message();
  if (paths) options.paths = *paths;
  options.salt = std::string(32, 's');
  options.pseudonym_keys = {{"k1", std::string(16, 'k')}};
  return privacy::RuleSet(options);
}

Json by_the_gateway(const privacy::RuleSet& rules, const std::string& event) {
  const auto batch = testing::decode_json("[" + event + "]");
  Validator().check(*batch);
  EXPECT_FALSE(batch->events.front().reject) << event;
  testing::scrub(Scrubber(rules), *batch);
  Json json;
  for (const Field& field : batch->fields) json[std::string(field.name)] = Json::parse(field.value);
  return json;
}

std::string by_the_sdk(const privacy::RuleSet& rules, const std::string& event) {
  std::string buffer(64 * 1024, '\0');
  wire::JsonWriter out(buffer.data(), buffer.size());
  std::size_t masked = 0;
  auto type = wire::TypeId::kOther;
  const Status written =
      write_json_event(rules, EventTypes(std::vector<std::string>()), Identity::Snapshot{},
                       kReceivedAtMs, event, out, masked, type);
  EXPECT_TRUE(written) << written.message();
  return std::string(out.text());
}

std::string by_the_encoder(const privacy::RuleSet& rules, const penstock::Event& event) {
  std::string buffer(64 * 1024, '\0');
  wire::JsonWriter out(buffer.data(), buffer.size());
  const EventTypes types{std::vector<std::string>()};
  const auto encoded =
      EventEncoder(rules, types).encode(event, Identity::Snapshot{}, kReceivedAtMs, out);
  EXPECT_FALSE(encoded.problem) << encoded.problem.text();
  return std::string(out.text());
}

TEST(SameRulesTest, AnEventInJsonIsMaskedTheSameOnBothSides) {
  for (const auto& lines : kRuleTable) {
    const privacy::RuleSet rules = rules_of(lines);
    for (const std::string& members : kEventTable) {
      const std::string event = testing::click(R"(,"schemaVersion":1,)" + members);
      const std::string sdk = by_the_sdk(rules, event);
      const Json gateway = by_the_gateway(rules, event);
      EXPECT_EQ(Json::parse(sdk), gateway) << (lines.empty() ? "no rule" : lines.front());
      EXPECT_EQ(by_the_gateway(rules, sdk), gateway) << sdk;
    }
  }
}

TEST(SameRulesTest, ATypedEventIsMaskedAsTheGatewayMasksIt) {
  const penstock::Event events[] = {
      penstock::Event::click("checkout", "pay")
          .user("anna")
          .comments("ask anna.smith@example.com")
          .detail("support", "a@example.com")
          .detail("place", 48.85837)
          .detail("count", std::uint64_t{4111111111111111})
          .detail("name", nullptr)
          .detail("list", Value::array({"x", 1, true}))
          .metadata("ip", "203.0.113.9"),
      penstock::Event::record_approved("r-17")
          .status_change("Pending", "Approved")
          .detail("customer", Value::object({{"name", "Anna \"A\" Smith"}, {"pin", 4}})),
  };
  privacy::RuleSetOptions nothing;
  for (const auto& kind : privacy::kKindTable) nothing.detect[kind.kind] = false;
  nothing.allow_fields = {"pin"};
  const privacy::RuleSet unmasked(nothing);
  for (const auto& lines : kRuleTable) {
    const privacy::RuleSet rules = rules_of(lines);
    for (const penstock::Event& event : events) {
      EXPECT_EQ(Json::parse(by_the_encoder(rules, event)),
                by_the_gateway(rules, by_the_encoder(unmasked, event)))
          << (lines.empty() ? "no rule" : lines.front());
    }
  }
}

}  // namespace
}  // namespace penstock::gateway
