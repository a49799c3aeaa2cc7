// Goal: privacy options that cannot work are refused with the option's name and the cure, and no
// key is ever shown; the good ones reach the rules. Method: options spoilt one by one, and the rules
// asked.
#include "client/event_rules.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

namespace penstock {
namespace {

using privacy::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal_of(const Options& options) {
  const auto rules = rule_options(options);
  if (rules) return "";
  EXPECT_EQ(rules.status().code(), StatusCode::kInvalidOption);
  return std::string(rules.status().message());
}

TEST(EventRulesTest, KindsAreSwitchedByTheirNames) {
  Options options;
  options.detect = {"coordinates"};
  options.do_not_detect = {"ibans", "phones"};
  options.mask_emails = false;
  options.mask_phones = false;  // says the same as its name above
  const auto rules = rule_options(options);
  ASSERT_TRUE(rules) << rules.status().message();
  EXPECT_TRUE(rules->detect[Kind::kCoordinates]);
  EXPECT_FALSE(rules->detect[Kind::kBareNationalId]);
  EXPECT_FALSE(rules->detect[Kind::kIban]);
  EXPECT_FALSE(rules->detect[Kind::kPhone]);
  EXPECT_FALSE(rules->detect[Kind::kEmail]);
  EXPECT_TRUE(rules->detect[Kind::kCard]);
}

TEST(EventRulesTest, EachBadOptionIsNamedWithTheCure) {
  const std::string key(16, 'k');
  const std::pair<std::function<void(Options&)>, const char*> cases[] = {
      {[](Options& o) { o.detect = {"emails", "email"}; },
       "name 2 of detect is no kind of personal data; known are emails, cards,"},
      {[](Options& o) { o.do_not_detect = {""}; }, "name 1 of do_not_detect"},
      {[](Options& o) { o.detect = o.do_not_detect = {"ibans"}; }, "detect names \"ibans\""},
      {[](Options& o) { o.detect = {"cards"}, o.mask_cards = false; }, "mask_cards"},
      {[](Options& o) { o.privacy_rules = {"details.a allow", "details.b burn"}; },
       "privacy_rules: path rule 2 (details.b burn)"},
      {[](Options& o) { o.privacy_rules = {"details.a allow", "details.a remove"}; },
       "privacy_rules: path rule 2 (details.a remove) can never match"},
      {[](Options& o) { o.privacy_rules = {"userId pseudonym k1"}; },
       "path rule 1 (userId pseudonym k1) needs the key \"k1\"; add it to pseudonym_keys"},
      {[&](Options& o) { o.pseudonym_keys = {{"k1", key.substr(1)}}; },
       "key 1 of pseudonym_keys (k1) has fewer than 16 bytes"},
      {[&](Options& o) { o.pseudonym_keys = {{"k1", key}, {"k1", key}}; },
       "key 2 of pseudonym_keys has the id of an earlier one"},
  };
  for (const auto& [spoil, message] : cases) {
    Options options;
    spoil(options);
    EXPECT_THAT(refusal_of(options), HasSubstr(message));
  }
}

TEST(EventRulesTest, NoMessageShowsAKeyNotEvenInThePlaceOfAnId) {
  Options options;
  options.pseudonym_keys = {{"secret of many words", "secret"}};
  EXPECT_THAT(refusal_of(options), AllOf(HasSubstr("key 1"), Not(HasSubstr("secret"))));
  options.pseudonym_keys = {{"k1", "secret"}};
  EXPECT_THAT(refusal_of(options), Not(HasSubstr("secret")));
}

TEST(EventRulesTest, OnlyRulesThatHashNeedASalt) {
  Options options;
  options.privacy_rules = {"details.a remove"};
  EXPECT_FALSE(needs_salt(*rule_options(options)));
  options.privacy_rules.emplace_back("userId hash");
  EXPECT_TRUE(needs_salt(*rule_options(options)));
}

}  // namespace
}  // namespace penstock
