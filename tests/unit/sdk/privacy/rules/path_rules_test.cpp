// Goal: the first rule in the list that matches a field, or what holds the field, decides. Method:
// paths by hand, then random rules and paths against a matcher that follows the definition.
#include "privacy/rules/path_rules.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "reference_matcher.hpp"

namespace penstock::privacy {
namespace {

PathRules parsed(const std::vector<std::string>& lines) {
  auto rules = PathRules::parse(lines);
  EXPECT_TRUE(rules.ok()) << rules.status().message();
  return rules ? *std::move(rules) : PathRules();
}

PathRules::State state_at(const PathRules& rules, const Names& path) {
  auto state = rules.root();
  for (const auto& name : path) state = rules.child(state, name);
  return state;
}

// The number of the rule that decides, counted from 1; 0 for none.
int rule_at(const PathRules& rules, const Names& path) {
  const auto rule = rules.rule_of(state_at(rules, path));
  return rule == PathRules::kNoRule ? 0 : rule + 1;
}

TEST(PathRulesTest, WithoutRulesNothingIsDecided) {
  const PathRules rules;
  EXPECT_TRUE(rules.empty());
  EXPECT_TRUE(rules.root().dead());
  EXPECT_EQ(rules.action_of(state_at(rules, {"details", "a"})), nullptr);
  EXPECT_TRUE(parsed({}).empty());
}

TEST(PathRulesTest, MatchesAPathAndAllBelow) {
  const auto rules = parsed({"details.customer.name hash"});
  EXPECT_EQ(rule_at(rules, {"details"}), 0);
  EXPECT_EQ(rule_at(rules, {"details", "customer"}), 0);
  EXPECT_EQ(rule_at(rules, {"details", "customer", "name"}), 1);
  EXPECT_EQ(rule_at(rules, {"details", "customer", "name", "first"}), 1);
  EXPECT_EQ(rule_at(rules, {"details", "name"}), 0);
  EXPECT_EQ(rule_at(rules, {"metadata", "customer", "name"}), 0);
  EXPECT_EQ(rule_at(rules, {"x", "details", "customer", "name"}), 0);
}

TEST(PathRulesTest, OneStarIsOneNameAndTwoAreAnyNumber) {
  const auto rules = parsed({"metadata.*.id hash", "**.email hash", "details.**.zip hash"});
  EXPECT_EQ(rule_at(rules, {"metadata", "id"}), 0);
  EXPECT_EQ(rule_at(rules, {"metadata", "a", "id"}), 1);
  EXPECT_EQ(rule_at(rules, {"metadata", "a", "b", "id"}), 0);
  EXPECT_EQ(rule_at(rules, {"email"}), 2);
  EXPECT_EQ(rule_at(rules, {"details", "a", "b", "email"}), 2);
  EXPECT_EQ(rule_at(rules, {"details", "zip"}), 3);
  EXPECT_EQ(rule_at(rules, {"details", "a", "b", "c", "zip"}), 3);
  EXPECT_EQ(rule_at(rules, {"metadata", "zip"}), 0);
}

TEST(PathRulesTest, ManyAtTheEndIsAlsoTheFieldItself) {
  EXPECT_EQ(rule_at(parsed({"details.** hash"}), {"details"}), 1);
  EXPECT_EQ(rule_at(parsed({"** hash"}), {"userId"}), 1);
  EXPECT_EQ(rule_at(parsed({"details.* hash"}), {"details"}), 0);
}

TEST(PathRulesTest, NamesCompareWithoutCaseAndSeparators) {
  const auto rules = parsed({"details.\"Postal-Code\" hash"});
  for (const char* name : {"postal_code", "postalCode", "POSTAL CODE", "postal.code"}) {
    EXPECT_EQ(rule_at(rules, {"Details", name}), 1) << name;
  }
  EXPECT_EQ(rule_at(rules, {"details", "postalcodes"}), 0);
  EXPECT_EQ(rule_at(rules, {"details", ""}), 0);
  EXPECT_EQ(rule_at(parsed({"details.* hash"}), {"details", ""}), 1);
}

TEST(PathRulesTest, TheFirstRuleDecides) {
  const auto rules = parsed({"details.order.id hash", "details.order allow", "details.* remove"});
  EXPECT_EQ(rule_at(rules, {"details", "order"}), 2);
  EXPECT_EQ(rule_at(rules, {"details", "order", "note"}), 2);
  EXPECT_EQ(rule_at(rules, {"details", "order", "id"}), 1);
  EXPECT_EQ(rule_at(rules, {"details", "other"}), 3);
}

TEST(PathRulesTest, FieldsThatAreNeverMaskedAreOutOfReachAtTheTopAlone) {
  const auto rules = parsed({"** remove"});
  for (const char* name : {"eventType", "timestamp", "seq", "schemaVersion"}) {
    EXPECT_EQ(rule_at(rules, {name}), 0) << name;
    EXPECT_TRUE(state_at(rules, {name}).dead()) << name;
  }
  EXPECT_EQ(rule_at(parsed({"*.seq hash"}), {"details", "seq"}), 1);
}

TEST(PathRulesTest, IsDeadOnceNothingBelowCanChangeTheDecision) {
  const auto rules = parsed({"details.a.b hash", "details.a allow"});
  EXPECT_FALSE(rules.root().dead());
  EXPECT_FALSE(state_at(rules, {"details", "a"}).dead());
  EXPECT_TRUE(state_at(rules, {"details", "a", "b"}).dead());
  EXPECT_TRUE(state_at(rules, {"details", "a", "c"}).dead());
  EXPECT_TRUE(state_at(rules, {"metadata"}).dead());
}

TEST(PathRulesTest, HoldsAsManyRulesAndNamesAsAreAllowed) {
  std::vector<std::string> lines;
  for (int i = 0; i < 64; ++i) {
    lines.push_back("details.a.b.c.d.e.f.g.h.i.j.k.l.m.n.x" + std::to_string(i) + " hash");
  }
  const auto rules = parsed(lines);
  Names path{"details", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", ""};
  for (int i = 0; i < 64; ++i) {
    path.back() = "x" + std::to_string(i);
    EXPECT_EQ(rule_at(rules, path), i + 1);
  }
}

TEST(PathRulesTest, DecidesAsTheDefinitionDoesForRandomRulesAndPaths) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const Names names{"a", "b", "details", "c"};
  for (int round = 0; round < 1000; ++round) {
    const RandomRules made(random, names, round % 10 == 0 ? 64 : 6, round % 10 == 0 ? 16 : 5);
    const PathRules& rules = made.rules;
    for (int walk = 0; walk < 20; ++walk) {
      Names path;
      auto state = rules.root();
      while (path.size() < 8) {
        path.push_back(path.empty() && random() % 2 == 0 ? "details" : names[random() % 4]);
        state = rules.child(state, path.back());
        const auto rule = rules.rule_of(state);
        ASSERT_EQ(rule == PathRules::kNoRule ? -1 : rule, deciding_rule(made.patterns, path))
            << joined(path) << "\n"
            << made.text();
      }
    }
  }
}

}  // namespace
}  // namespace penstock::privacy
