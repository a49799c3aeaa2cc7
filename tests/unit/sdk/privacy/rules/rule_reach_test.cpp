// Goal: a rule is refused if and only if there is no field that the rule decides on. Method: cases
// by hand, then random rules against all paths of a small alphabet.
#include "privacy/rules/rule_reach.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "privacy/rules/path_rules.hpp"
#include "reference_matcher.hpp"

namespace penstock::privacy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal_of(const std::vector<std::string>& lines) {
  const auto rules = PathRules::parse(lines);
  return rules ? "" : rules.status().message();
}

TEST(RuleReachTest, ARuleBehindOneThatCoversItIsRefused) {
  const std::vector<std::string> cases[] = {
      {"details.a hash", "details.a remove"},
      {"details.a hash", "details.A remove"},
      {"details.* hash", "details.a remove"},
      {"details hash", "details.a.b remove"},
      {"** hash", "details.a remove"},
      {"**.a hash", "details.a remove"},
      {"**.a hash", "details.**.a remove"},
      {"**.a hash", "details.a.b remove"},
      {"**.**.a hash", "**.a remove"},
      {"**.*.a hash", "*.**.a remove"},
      {"details.*.**.a hash", "details.**.*.a remove"},
      {"details.** hash", "details.*.*.a remove"},
      {"*.a.** hash", "details.a remove"},
  };
  for (const auto& lines : cases) {
    EXPECT_THAT(
        refusal_of(lines),
        AllOf(StartsWith("path rule 2 (" + lines[1] + ") can never match, as an earlier rule"),
              HasSubstr("move it up"), HasSubstr("rule: 1 (" + lines[0] + ")")));
  }
}

TEST(RuleReachTest, ARuleThatSomeFieldIsLeftForIsAccepted) {
  const std::vector<std::string> cases[] = {
      {"details.a remove", "details.* hash"},
      {"details.*.a hash", "details.**.a hash"},
      {"**.*.a hash", "**.a hash"},
      {"**.a.**.b hash", "**.b hash"},
      {"details.* hash", "details hash"},
      {"details.a hash", "details.* hash", "**.a hash", "** hash"},
      {"details.a.b.c hash", "details.a.b allow", "details.a.* remove"},
      {"details.code allow", "details.* remove"},
  };
  for (const auto& lines : cases) EXPECT_EQ(refusal_of(lines), "");
}

TEST(RuleReachTest, ARuleForWhatALaterOneRemovesAsAWholeIsRefused) {
  EXPECT_THAT(
      refusal_of({"details.code allow", "details remove"}),
      AllOf(StartsWith("path rule 1 (details.code allow) can never match, as a later rule "),
            HasSubstr("end that rule's path with .*"), HasSubstr("2 (details remove)")));
  EXPECT_THAT(refusal_of({"details.a.b hash", "*.* replace [x]"}),
              HasSubstr("rule: 2 (*.* replace [x])"));
  EXPECT_EQ(refusal_of({"details.code hash", "details allow"}), "");
  EXPECT_EQ(refusal_of({"**.code allow", "details remove"}), "");
}

TEST(RuleReachTest, ARuleThatOthersCoverTogetherIsRefused) {
  EXPECT_THAT(refusal_of({"*.a hash", "a hash"}), HasSubstr("first name"));
  EXPECT_THAT(refusal_of({"details.a hash", "details.*.**.a hash", "details.**.a remove"}),
              AllOf(StartsWith("path rule 3 "), HasSubstr("the other rules together")));
}

TEST(RuleReachTest, ManyRulesOfManyNamesAreReadInBoundedTime) {
  std::vector<std::string> lines;
  for (int i = 0; i < 63; ++i) {
    const std::string n = std::to_string(i);
    lines.push_back("**.a" + n + ".*.*.*.**.b" + n + ".*.*.*.*.*.c hash");
  }
  EXPECT_EQ(refusal_of(lines), "");
  lines.push_back("details.a7.x.x.x.b7.x.x.x.x.x.c hash");
  EXPECT_THAT(refusal_of(lines), HasSubstr("The earlier rule: 8 ("));
}

// Which rules decide on a field, of all fields up to a depth.
class BruteForce {
 public:
  explicit BruteForce(const RandomRules& made) : made_(made) { visit(); }
  bool reaches(std::size_t rule) const { return (reached_ >> rule & 1U) != 0; }

 private:
  void visit() {
    for (const char* name : {"details", "a", "z"}) {
      path_.push_back(name);
      const int rule = deciding_rule(made_.patterns, path_);
      if (rule >= 0) reached_ |= 1U << rule;
      const bool gone =
          rule >= 0 && made_.rules.action(static_cast<std::size_t>(rule)).replaces_whole();
      if (!gone && path_.size() < 7) visit();
      path_.pop_back();
    }
  }

  const RandomRules& made_;
  Names path_;
  unsigned reached_ = 0;
};

TEST(RuleReachTest, FindsTheFirstUselessRuleOfRandomOnesAsTryingAllFieldsDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  int useless = 0;
  for (int round = 0; round < 200; ++round) {
    const RandomRules made(random, {"a"}, 4, 4);
    const BruteForce tried(made);
    std::size_t first = 0;
    while (first < made.rules.size() && tried.reaches(first)) ++first;
    const auto found = find_useless_rule(made.rules);
    ASSERT_EQ(found ? found->index : made.rules.size(), first) << made.text();
    useless += found ? 1 : 0;
  }
  EXPECT_GT(useless, 20);
  EXPECT_LT(useless, 180);
}

}  // namespace
}  // namespace penstock::privacy
