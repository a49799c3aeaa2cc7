// Goal: a key's privacy part is read, judged together with the section `privacy`, and laid over it;
// whatever is wrong names the setting, the key, the place and the cure. Method: texts through
// parse_config() and check_config(); the rules that come out are asked about fields.
#include "config/key_privacy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "config/config_changes.hpp"
#include "config/config_check.hpp"
#include "config/config_loader.hpp"
#include "config/privacy_rules.hpp"
#include "support/temp_directory.hpp"

namespace penstock::gateway {
namespace {

using privacy::Kind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A configuration with one key, whose privacy part is `part`, and with `common` for all keys.
LoadedConfig config_with_part(const std::string& part, const std::string& common = "{}") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  return parse_config("listen: {address: 127.0.0.1}\nkeys:\n  - id: desk\n    digest: " + digest +
                          "\n    privacy: " + part + "\nprivacy: " + common + "\n",
                      "gateway.yaml", {});
}

// As main() tells them.
std::vector<std::string> faults_of(const LoadedConfig& loaded) {
  if (!loaded.errors.empty()) return loaded.errors;
  std::vector<std::string> faults;
  for (const auto& error : check_config(loaded.config)) faults.push_back(located(error, loaded));
  return faults;
}

privacy::RuleSet rules_of_first_key(const Config& config) {
  return privacy::RuleSet(key_rule_set_options(rule_set_options(config.privacy), config.privacy,
                                               config.keys.front().privacy));
}

std::string list_of(std::size_t count, const std::string& name) {
  std::string list = "[";
  for (std::size_t i = 0; i < count; ++i)
    list += (i == 0 ? "details." : ", details.") + name + std::to_string(i) + " remove";
  return list + "]";
}

TEST(KeyPrivacyTest, APartIsReadAndAKeyWithoutOneHasNone) {
  const auto loaded = config_with_part(
      "{rules: [userId remove], remove_fields: [city], allow_fields: pin, detect_phones: false}");
  ASSERT_THAT(faults_of(loaded), IsEmpty());
  const KeyPrivacyConfig& part = loaded.config.keys.front().privacy;
  EXPECT_THAT(part.rules, ElementsAre("userId remove"));
  EXPECT_THAT(part.remove_fields, ElementsAre("city"));
  EXPECT_THAT(part.allow_fields, ElementsAre("pin"));
  EXPECT_EQ(part.detect[privacy::index_of(Kind::kPhone)], false);
  EXPECT_EQ(part.detect[privacy::index_of(Kind::kEmail)], std::nullopt);
  for (const char* nothing : {"", "{}", "{rules: []}"})
    EXPECT_EQ(config_with_part(nothing).config.keys.front().privacy, KeyPrivacyConfig()) << nothing;
}

TEST(KeyPrivacyTest, NamesAreAddedAndDetectorsReplaced) {
  const auto loaded = config_with_part(
      "{remove_fields: [city], allow_fields: [pin], detect_emails: false, detect_coordinates: "
      "true}",
      "{remove_fields: [street], allow_fields: [token], detect_cards: false}");
  ASSERT_THAT(faults_of(loaded), IsEmpty());
  const auto rules = rules_of_first_key(loaded.config);
  EXPECT_TRUE(rules.removes("city") && rules.removes("street") && rules.removes("password"));
  EXPECT_TRUE(rules.allows("pin") && rules.allows("token"));
  EXPECT_FALSE(rules.detects(Kind::kEmail));
  EXPECT_TRUE(rules.detects(Kind::kCoordinates));
  EXPECT_FALSE(rules.detects(Kind::kCard));
  EXPECT_TRUE(rules.detects(Kind::kPhone));
}

TEST(KeyPrivacyTest, TheRulesOfAKeyDecideBeforeTheCommonOnes) {
  const auto loaded = config_with_part("{rules: [details.name allow]}",
                                       "{rules: [details.name remove, userId remove]}");
  ASSERT_THAT(faults_of(loaded), IsEmpty()) << "covering a common rule is what they are for";
  const auto rules = rules_of_first_key(loaded.config);
  const auto& paths = rules.paths();
  const auto name = paths.child(paths.child(paths.root(), "details"), "name");
  EXPECT_EQ(paths.action_of(name)->kind, privacy::Action::Kind::kAllow);
  const auto user = paths.child(paths.root(), "userId");
  EXPECT_EQ(paths.action_of(user)->kind, privacy::Action::Kind::kRemove);
}

TEST(KeyPrivacyTest, TheSecretsAreTheCommonOnes) {
  const test::TempDirectory directory;
  std::ofstream(directory / "salt") << std::string(32, 's');
  std::ofstream(directory / "k1") << std::string(32, 'k');
  const auto loaded =
      config_with_part("{rules: [userId hash, details.a pseudonym k1]}",
                       "{hash_salt_file: " + (directory / "salt").string() +
                           ", pseudonym_keys: [k1 " + (directory / "k1").string() + "]}");
  ASSERT_THAT(faults_of(loaded), IsEmpty());
  const auto options =
      key_rule_set_options(rule_set_options(loaded.config.privacy), loaded.config.privacy,
                           loaded.config.keys.front().privacy);
  EXPECT_EQ(options.salt, std::string(32, 's'));
  EXPECT_THAT(options.pseudonym_keys, ElementsAre(std::pair("k1", std::string(32, 'k'))));
}

struct PartFlaw {
  const char* part;
  const char* common;
  const char* setting;
  const char* expected;
};
class KeyPrivacyFlawTest : public ::testing::TestWithParam<PartFlaw> {};

TEST_P(KeyPrivacyFlawTest, IsTheOnlyErrorWithSettingPlaceAndCure) {
  const auto [part, common, setting, expected] = GetParam();
  const auto faults = faults_of(config_with_part(part, common));
  const std::string named = ": keys[0].privacy" + std::string(setting) + ": ";
  EXPECT_THAT(faults, ElementsAre(AllOf(::testing::StartsWith("gateway.yaml:5:"), HasSubstr(named),
                                        HasSubstr(expected))));
}

INSTANTIATE_TEST_SUITE_P(
    KeyPrivacy, KeyPrivacyFlawTest,
    ::testing::Values(
        PartFlaw{"[a]", "{}", "", "expected settings"},
        PartFlaw{"{rule: []}", "{}", ".rule", "did you mean rules?"},
        PartFlaw{"{detect_phone: true}", "{}", ".detect_phone", "did you mean detect_phones?"},
        PartFlaw{"{detect_phones: maybe}", "{}", ".detect_phones", "expected true or false"},
        PartFlaw{"{rules: {a: b}}", "{}", ".rules", "expected a list of rules"},
        PartFlaw{"{rules: [], rules: []}", "{}", ".rules", "set twice"},
        PartFlaw{"{hash_salt_file: /s}", "{}", ".hash_salt_file",
                 "common to all keys; set it in the section privacy"},
        PartFlaw{"{pseudonym_keys: [k1 /k]}", "{}", ".pseudonym_keys",
                 "common to all keys; set it in the section privacy"},
        PartFlaw{"{rules: [userId remove, details.a hide]}", "{}", ".rules",
                 R"(of the key "desk": path rule 2 (details.a hide))"},
        PartFlaw{"{rules: ['** remove', details.a allow]}", "{}", ".rules",
                 R"(of the key "desk": path rule 2 (details.a allow) can never match)"},
        PartFlaw{"{rules: [details.a.b allow]}", "{rules: [userId remove, details.a remove]}",
                 ".rules",
                 R"(of the key "desk": rule 1 can never match, as rule 2 of privacy.rules takes)"},
        PartFlaw{"{rules: [userId hash]}", "{}", ".rules",
                 R"(of the key "desk": privacy.hash_salt_file is missing, but a rule hashes)"},
        PartFlaw{
            "{rules: [userId pseudonym k1]}", "{}", ".rules",
            R"(of the key "desk": rule 1 needs the key "k1"; add it to privacy.pseudonym_keys)"},
        PartFlaw{"{remove_fields: [Zip-Code]}", "{allow_fields: [zipCode]}", ".remove_fields",
                 R"(of the key "desk": "Zip-Code" is also in allow_fields, which wins; )"
                 R"(remove it by a rule of this key, for example "**.zipcode remove")"}));

TEST(KeyPrivacyTest, SixtyFourRulesAreAllowedOfAKeyAndOfAllTogether) {
  EXPECT_THAT(faults_of(config_with_part("{rules: " + list_of(24, "own") + "}",
                                         "{rules: " + list_of(40, "all") + "}")),
              IsEmpty());
  EXPECT_THAT(faults_of(config_with_part("{rules: " + list_of(25, "own") + "}",
                                         "{rules: " + list_of(40, "all") + "}")),
              ElementsAre(HasSubstr("25 rules and the 40 of privacy.rules are too many")));
}

TEST(KeyPrivacyTest, WhatIsWrongWithTheCommonRulesIsToldOnce) {
  EXPECT_THAT(faults_of(config_with_part("{rules: [userId remove]}", "{rules: [userId hide]}")),
              ElementsAre(HasSubstr(": privacy.rules: path rule 1")));
}

TEST(KeyPrivacyTest, AReloadTakesANewKeyWithItsPartAndLeavesThatOfAKeyThatRuns) {
  const Config running = config_with_part("{rules: [userId remove]}").config;
  Config read = config_with_part("{rules: [userId allow]}").config;
  read.keys.insert(read.keys.begin(), {"desk-2", read.keys.front().digest});
  read.keys.front().privacy.rules = {"pageId remove"};
  const auto [applied, need_restart] = changes_to(running, read);
  ASSERT_EQ(applied.keys.size(), 2U);
  EXPECT_THAT(applied.keys[0].privacy.rules, ElementsAre("pageId remove"));
  EXPECT_THAT(applied.keys[1].privacy.rules, ElementsAre("userId remove"));
  EXPECT_THAT(need_restart, ElementsAre("keys[1].privacy (desk)"));
}

}  // namespace
}  // namespace penstock::gateway
