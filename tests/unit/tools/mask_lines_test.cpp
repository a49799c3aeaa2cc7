// Goal: a person sees what a line becomes, and why, without the value; no line harms the terminal
// or the memory. Method: streams of text in and out.
#include "mask_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mask_rules.hpp"

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr MaskView kText{.json = false, .explain = false};
constexpr MaskView kJsonView{.json = true, .explain = false};

std::string masked(const std::string& text, MaskView view = kText,
                   const RuleChanges& changes = {}) {
  std::istringstream in(text);
  std::ostringstream out;
  mask_lines(rules_with(changes), view, in, out);
  return out.str();
}

// With --json, and what `rules` say.
std::string masked_by(const std::vector<std::string>& rules, const std::string& text,
                      bool explain = false) {
  RuleChanges changes;
  changes.path_rules = rules;
  return masked(text, {.json = true, .explain = explain, .path_rules = rules}, changes);
}

std::string fault_of(const std::string& text, MaskView view) {
  try {
    masked(text, view);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(MaskLinesTest, LinesOfTextAreMaskedOneByOne) {
  EXPECT_EQ(masked("ask anna.smith@example.com\n\n\"quoted\" and pwd=x\r\nno line's end"),
            "ask [email]\n\n\"quoted\" and pwd=[secret]\nno line's end\n");
  EXPECT_EQ(masked(""), "");
  EXPECT_EQ(masked("\n"), "\n");
}

TEST(MaskLinesTest, KindsAndNamesAreAsTheChangesSay) {
  RuleChanges changes;
  changes.without = {"emails"};
  changes.also = {"coordinates"};
  changes.allow_fields = {"pwd"};
  EXPECT_EQ(masked("a.b@example.com at 48.8584, 2.2945 pwd=x", kText, changes),
            "a.b@example.com at [coordinates] pwd=x\n");
  changes.remove_fields = {"notes"};
  EXPECT_EQ(masked(R"({"notes":"x","pwd":"y"})", kJsonView, changes),
            "{\"notes\":\"[removed]\",\"pwd\":\"y\"}\n");
}

TEST(MaskLinesTest, AnEventKeepsItsOrderAndWhatIsNotMasked) {
  EXPECT_EQ(masked(R"({"userId":"anna.smith@example.com", "b":1.50,"a":{"password":[1,2]}})"
                   "\n"
                   R"({"card":4111111111111111,"anna.smith@example.com":3})",
                   kJsonView),
            R"({"userId":"[email]", "b":1.50,"a":{"password":"[removed]"}})"
            "\n"
            R"({"card":"[card]","[email]":3})"
            "\n");
}

TEST(MaskLinesTest, EachPlaceOfATextIsExplainedWithoutItsValue) {
  const std::string shown = masked("ask anna.smith@example.com or +1 212 555 0142\nnothing here",
                                   {.json = false, .explain = true});
  EXPECT_EQ(shown,
            "ask [email] or [phone]\n"
            "    emails: offset 4, length 22\n"
            "    phones: offset 30, length 15\n"
            "nothing here\n");
}

TEST(MaskLinesTest, EachPlaceOfAnEventIsExplainedWithoutItsValue) {
  const std::string line =
      R"({"anna.smith@example.com":1,"n":4111111111111111,"password":"hunter2","t":"bob\u0040example.com"})";
  const std::string shown = masked(line, {.json = true, .explain = true});
  EXPECT_EQ(shown, R"({"[email]":1,"n":"[card]","password":"[removed]","t":"[email]"})"
                   "\n"
                   "    emails: offset 2, length 22\n"
                   "    cards: offset 32, length 16\n"
                   "    removed by its name: offset 60, length 9\n"
                   "    emails: offset 75, length 20\n");
  EXPECT_EQ(line.substr(60, 9), "\"hunter2\"");
}

TEST(MaskLinesTest, TheFirstRuleThatMatchesDecidesBeforeNamesAndDetectors) {
  EXPECT_EQ(masked_by({"details.support allow", "**.name mask last 2", "details.notes remove"},
                      R"({"userId":"anna.smith@example.com", "details":{"support":"b@example.com",)"
                      R"("customer":{"name":"Anna Smith"},"notes":[1,2],"pin":4}})"),
            R"({"userId":"[email]","details":{"support":"b@example.com",)"
            R"("customer":{"name":"[masked]th"},"notes":"[removed]","pin":"[removed]"}})"
            "\n");
}

TEST(MaskLinesTest, DetailsThatARuleTakesStayAnObjectAsInTheSdk) {
  EXPECT_EQ(masked_by({"details remove"}, R"({"details":{"a":1}})"), "{\"details\":{}}\n");
}

TEST(MaskLinesTest, HashesAreEqualForEqualValuesWithinARun) {
  const std::string shown = masked_by({"* hash"}, R"({"userId":"u","pageId":"u","recordId":"r"})");
  const auto event = nlohmann::json::parse(shown);
  EXPECT_THAT(event["userId"].get<std::string>(), StartsWith("h:"));
  EXPECT_EQ(event["userId"], event["pageId"]);
  EXPECT_NE(event["userId"], event["recordId"]);
  EXPECT_NE(masked_by({"* hash"}, R"({"userId":"u"})"), masked_by({"* hash"}, R"({"userId":"u"})"));
}

TEST(MaskLinesTest, ARuleIsExplainedByTheFieldsPathAndTheRuleWithoutTheValue) {
  EXPECT_EQ(
      masked_by({"details.support allow", "**.name mask last 2", "details.list remove"},
                R"({"details":{"unit.price":[{"name":"Anna Smith"}],"list":{"a":1},)"
                R"("c@example.com":{"name":"Bob Miller"},"pwd":"x","t":"d@example.com"}})",
                true),
      R"({"details":{"unit.price":[{"name":"[masked]th"}],"list":"[removed]",)"
      R"("[email]":{"name":"[masked]er"},"pwd":"[removed]","t":"[email]"}})"
      "\n"
      "    details.\"unit.price\".name, by rule 2 (**.name mask last 2): offset 34, length 12\n"
      "    details.list, by rule 3 (details.list remove): offset 56, length 7\n"
      "    emails: offset 65, length 13\n"
      "    details.[email].name, by rule 2 (**.name mask last 2): offset 88, length 12\n"
      "    removed by its name: offset 108, length 3\n"
      "    emails: offset 117, length 13\n");
}

TEST(MaskLinesTest, EachPlaceIsExplainedOnceThoughTheMasksAreLongerThanTheLine) {
  std::string event = R"({"details":{"a":[0)";
  for (int i = 0; i < 200; ++i) event += ",1";
  const std::string shown = masked_by({"details.a replace [a long text]"}, event + "]}}", true);
  EXPECT_EQ(shown,
            R"({"details":{"a":"[a long text]"}})"
            "\n    details.a, by rule 1 (details.a replace [a long text]): offset 16, length "
            "403\n");
  const std::string hashed = masked_by({"details.a hash"}, event + "]}}", true);
  const std::string reason = "details.a, by rule 1 (details.a hash)";
  std::size_t places = 0;
  for (auto at = hashed.find(reason); at != std::string::npos; at = hashed.find(reason, at + 1))
    ++places;
  EXPECT_EQ(places, 201u);
}

TEST(MaskLinesTest, AnExplanationNeverSteersTheTerminal) {
  const std::string shown = masked_by({"details.* replace \xC2\x9B"
                                       "2J"},
                                      R"({"details":{"\u001b[2J":1}})", true);
  EXPECT_THAT(shown, AllOf(HasSubstr("details.\\u001b[2J, by rule 1 (details.* replace \\u009b2J)"),
                           Not(HasSubstr("\x1b")), Not(HasSubstr("\xC2\x9B"))));
}

TEST(MaskLinesTest, WhatIsMaskedAlreadyIsNoPlace) {
  EXPECT_EQ(masked("ask [email]", {.json = false, .explain = true}), "ask [email]\n");
  EXPECT_EQ(masked(R"({"password":"[removed]"})", {.json = true, .explain = true}),
            "{\"password\":\"[removed]\"}\n");
}

TEST(MaskLinesTest, ControlCharactersNeverReachTheTerminal) {
  EXPECT_EQ(masked("\x1b[2J anna.smith@example.com"), "\\u001b[2J [email]\n");
  const std::string shown = masked(
      "{\"a\":\"\x7f \xC2\x9B"
      "2J é \\u001b\",\t\"b\":1}",
      kJsonView);
  EXPECT_EQ(shown, "{\"a\":\"\\u007f \\u009b2J é \\u001b\", \"b\":1}\n");
  EXPECT_EQ(nlohmann::json::parse(shown)["a"],
            "\x7f \xC2\x9B"
            "2J é \x1b");
}

TEST(MaskLinesTest, WhatIsNoJsonObjectIsNamedByItsLineWithoutItsText) {
  EXPECT_THAT(fault_of("{}\n{\"secret-word\":}\n", kJsonView),
              AllOf(HasSubstr("line 2 is not JSON"), Not(HasSubstr("secret-word"))));
  EXPECT_THAT(fault_of("{}\n\n", kJsonView), HasSubstr("line 2 is not JSON"));
  EXPECT_THAT(fault_of("[1]", kJsonView), HasSubstr("line 1 is not a JSON object"));
  EXPECT_THAT(fault_of("{\"a\":" + std::string(100'000, '[') + "\n", kJsonView),
              HasSubstr("line 1 is not JSON, or nested deeper"));
}

TEST(MaskLinesTest, ALineHasOneMebibyteAtMost) {
  for (const std::size_t below : {std::size_t{1}, std::size_t{0}}) {
    const std::string line(kMaskLineBytesMax - below, 'x');
    EXPECT_EQ(masked("first\n" + line + "\n"), "first\n" + line + "\n");
  }
  EXPECT_THAT(fault_of("first\n" + std::string(kMaskLineBytesMax + 1, 'x'), kText),
              HasSubstr("line 2 is longer than 1 MiB"));
}

TEST(MaskLinesTest, WhatComesBeforeAFaultIsShown) {
  std::istringstream in("{\"a\":1}\nnonsense\n");
  std::ostringstream out;
  EXPECT_THROW(mask_lines(rules_with({}), kJsonView, in, out), std::runtime_error);
  EXPECT_EQ(out.str(), "{\"a\":1}\n");
}

}  // namespace
}  // namespace penstock::ctl
