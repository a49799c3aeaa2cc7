// Goal: a rule decides on the field of its path and on what is below, wins over names and detectors,
// and leaves all else to them. Method: whole events, read back with another JSON library; then
// random JSON, which a rule that matches nothing must leave as the other rules do.
#include "privacy/path_masker.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "privacy/mask.hpp"

namespace penstock::privacy {
namespace {

using Json = nlohmann::json;

RuleSet rules_of(const std::vector<std::string>& lines) {
  const auto paths = PathRules::parse(lines);
  EXPECT_TRUE(paths) << paths.status().message();
  RuleSetOptions options;
  if (paths) options.paths = *paths;
  options.salt = "pepper";
  options.pseudonym_keys = {{"key1", "a secret key"}};
  return RuleSet(options);
}

std::string written(const RuleSet& rules, const std::string& json, std::size_t* masked = nullptr) {
  std::vector<char> buffer(json.size() * 12 + 256);
  wire::JsonWriter out(buffer.data(), buffer.size());
  const std::size_t count = PathMasker(rules, out).write(rules.paths().root(), "", json);
  EXPECT_FALSE(out.overflowed());
  if (masked != nullptr) *masked = count;
  return std::string(out.text());
}

Json masked(const std::vector<std::string>& lines, const std::string& json) {
  const RuleSet rules = rules_of(lines);
  const std::string once = written(rules, json);
  EXPECT_EQ(written(rules, once), once) << json;
  return Json::parse(once);
}

TEST(PathMaskerTest, ARuleDecidesOnTheFieldOfItsPath) {
  const std::string event =
      R"({"details":{"customer":{"name":"Anna","city":"Fes"},"name":"form"},"name":"x"})";
  EXPECT_EQ(
      masked({"details.customer.name remove"}, event),
      Json::parse(
          R"({"details":{"customer":{"name":"[removed]","city":"Fes"},"name":"form"},"name":"x"})"));
  EXPECT_EQ(masked({"details.customer replace [gone]"}, event),
            Json::parse(R"({"details":{"customer":"[gone]","name":"form"},"name":"x"})"));
  EXPECT_EQ(masked({"**.name remove"}, event)["details"]["name"], "[removed]");
}

TEST(PathMaskerTest, AnActionAppliesToEachScalarBelow) {
  const Json result =
      masked({"details.form mask last 2"},
             R"({"details":{"form":{"a":"abcdefgh","b":[1234567,true,null,{"c":"xyzxyz\n"}]}}})");
  EXPECT_EQ(result["details"]["form"]["a"], "[masked]gh");
  EXPECT_EQ(result["details"]["form"]["b"][0], "[masked]67");
  EXPECT_EQ(result["details"]["form"]["b"][2], nullptr);
  EXPECT_EQ(result["details"]["form"]["b"][3]["c"], "[masked]z\n");
}

TEST(PathMaskerTest, AllowSparesWhatNamesAndDetectorsWouldTake) {
  const Json result = masked(
      {"details.support allow"},
      R"({"details":{"support":{"email":"help@example.com","token":"t","x@y.de":1},"email":"a@b.de"}})");
  EXPECT_EQ(result["details"]["support"],
            Json::parse(R"({"email":"help@example.com","token":"t","x@y.de":1})"));
  EXPECT_EQ(result["details"]["email"], "[removed]");
}

TEST(PathMaskerTest, TheFirstRuleThatMatchesDecides) {
  const Json result = masked({"details.note allow", "details.* remove"},
                             R"({"details":{"note":"call a@b.de","other":"x"}})");
  EXPECT_EQ(result["details"]["note"], "call a@b.de");
  EXPECT_EQ(result["details"]["other"], "[removed]");
}

TEST(PathMaskerTest, WhatNoRuleDecidesOnIsMaskedAsEver) {
  const Json result = masked(
      {"metadata.x remove"},
      R"({"details":{"note":"call a@b.de","password":"p"},"metadata":{"y":"4111111111111111"}})");
  EXPECT_EQ(result["details"]["note"], "call [email]");
  EXPECT_EQ(result["details"]["password"], "[removed]");
  EXPECT_EQ(result["metadata"]["y"], "[card]");
}

TEST(PathMaskerTest, HashesAndPseudonymsHideTheValueAndTellValuesApart) {
  const std::vector<std::string> lines = {"details.user hash", "details.account pseudonym key1",
                                          "details.other pseudonym key2"};
  const Json one = masked(lines, R"({"details":{"user":"anna","account":4711,"other":"x"}})");
  const Json two = masked(lines, R"({"details":{"user":"ben","account":"4711","other":"x"}})");
  EXPECT_TRUE(one["details"]["user"].get<std::string>().starts_with("h:"));
  EXPECT_NE(one["details"]["user"], two["details"]["user"]);
  EXPECT_TRUE(one["details"]["account"].get<std::string>().starts_with("p:key1:"));
  EXPECT_EQ(one["details"]["account"], two["details"]["account"]);
  EXPECT_EQ(one["details"]["other"], "[removed]");  // there is no such key
}

TEST(PathMaskerTest, EscapedNamesAndValuesAreReadAsTheyAreMeant) {
  const Json result = masked({"details.name truncate day"},
                             R"({"details":{"na\u006de":"2026-11-28T12:\u00300:00Z"}})");
  EXPECT_EQ(result["details"]["name"], "2026-11-28");
}

TEST(PathMaskerTest, AnEscapedValueThatIsTooLongForAnActionIsRemoved) {
  const std::string value = "\\n" + std::string(PathMasker::kEscapedBytesMax, 'a');
  EXPECT_EQ(masked({"details.a hash"}, R"({"details":{"a":")" + value + R"("}})")["details"]["a"],
            "[removed]");
}

TEST(PathMaskerTest, NamesMaskedToTheSameStayApart) {
  const Json result = masked({"details.x remove"}, R"({"details":{"a@b.de":1,"c@d.de":2,"x":3}})");
  EXPECT_EQ(result["details"], Json::parse(R"({"[email]":1,"[email 2]":2,"x":"[removed]"})"));
}

// A rule for a field that never comes changes nothing of what the others do.
Json random_json(std::mt19937& random, int depth) {
  const std::vector<std::string> texts = {"a@b.de", "x", "", "4111111111111111", "é\n", "name"};
  switch (random() % (depth > 0 ? 7 : 5)) {
    case 0:
      return texts[random() % texts.size()];
    case 1:
      return static_cast<std::int64_t>(random());
    case 2:
      return nullptr;
    case 3:
      return true;
    case 4:
      return 1.5;
    case 5: {
      Json array = Json::array();
      for (auto count = random() % 4; count > 0; --count)
        array.push_back(random_json(random, depth - 1));
      return array;
    }
    default: {
      Json object = Json::object();
      const std::vector<std::string> names = {"details", "token", "b", "c", "n\"ame", "é"};
      for (auto count = random() % 4; count > 0; --count)
        object[names[random() % names.size()]] = random_json(random, depth - 1);
      return object;
    }
  }
}

TEST(PathMaskerTest, ARuleForAFieldThatNeverComesChangesNothing) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const RuleSet rules = rules_of({"**.nothing.of.this remove"});
  for (int i = 0; i < 5000; ++i) {
    const std::string json = random_json(random, 5).dump();
    std::vector<char> buffer(json.size() * 12 + 256);
    wire::JsonWriter out(buffer.data(), buffer.size());
    const std::size_t expected = write_masked_json(rules, "", json, out);
    std::size_t count = 0;
    EXPECT_EQ(Json::parse(written(rules, json, &count)), Json::parse(out.text())) << json;
    EXPECT_EQ(count, expected) << json;
  }
}

}  // namespace
}  // namespace penstock::privacy
