// Goal: the command line changes which kinds and names are masked, and names what it does not know.
// Method: rules are asked what they detect; keys in files of a folder of the test.
#include "mask_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/temp_directory.hpp"

namespace penstock::ctl {
namespace {

using privacy::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kKey = "sixteen bytes or more";

class MaskKeysTest : public ::testing::Test {
 protected:
  std::string file_with(const std::string& content) {
    const auto file = directory_ / ("key" + std::to_string(++files_));
    std::ofstream(file) << content;
    return file;
  }

  test::TempDirectory directory_;
  int files_ = 0;
};

std::string fault_of_rules(const std::vector<std::string>& rules,
                           const std::vector<std::string>& keys = {}) {
  RuleChanges changes;
  changes.path_rules = rules;
  changes.pseudonym_keys = keys;
  try {
    rules_with(changes);
    return "";
  } catch (const WrongRule& wrong) {
    return wrong.what();
  }
}

TEST(MaskRulesTest, WithoutChangesTheDefaultsHold) {
  const privacy::RuleSet rules = rules_with({});
  for (const auto& each : privacy::kKindTable)
    EXPECT_EQ(rules.detects(each.kind), each.is_detected) << each.name;
}

TEST(MaskRulesTest, EveryKindIsAddedAndTakenAwayByItsName) {
  for (const auto& each : privacy::kKindTable) {
    const std::string name(each.name);
    EXPECT_EQ(kind_fault(name), "");
    EXPECT_TRUE(rules_with({.also = {name}, .without = {}, .remove_fields = {}, .allow_fields = {}})
                    .detects(each.kind))
        << name;
    EXPECT_FALSE(
        rules_with({.also = {name}, .without = {name}, .remove_fields = {}, .allow_fields = {}})
            .detects(each.kind))
        << name;
  }
}

TEST(MaskRulesTest, NamesOfFieldsAreRemovedAndAllowed) {
  const privacy::RuleSet rules =
      rules_with({.also = {}, .without = {}, .remove_fields = {"notes"}, .allow_fields = {"pin"}});
  EXPECT_TRUE(rules.removes("notes"));
  EXPECT_TRUE(rules.removes("password"));
  EXPECT_FALSE(rules.removes("pin"));
}

TEST(MaskRulesTest, AnUnknownKindIsRefusedWithTheList) {
  EXPECT_THAT(kind_fault("email"), AllOf(HasSubstr("unknown kind email; there is: emails, cards"),
                                         HasSubstr("coordinates")));
  EXPECT_THAT(kind_fault(""), HasSubstr("there is"));
  EXPECT_THAT(kind_fault("\x1b[2J"), HasSubstr("\\u001b[2J"));
}

TEST(MaskRulesTest, ARuleThatCannotBeReadIsNamedWithTheReason) {
  EXPECT_EQ(fault_of_rules({"details.a remove", "userId hash"}), "");
  EXPECT_THAT(fault_of_rules({"details.a remove", "details.b"}),
              StartsWith("--rule: path rule 2 (details.b) has no action"));
  EXPECT_THAT(fault_of_rules({"details.\xC2\x9B shred"}), HasSubstr("details.\\u009b"));
  EXPECT_THAT(fault_of_rules(std::vector<std::string>(65, "details.a remove")),
              HasSubstr("64 are allowed"));
}

TEST(MaskRulesTest, ARuleThatCanNeverDecideIsNamedWithTheRuleThatCoversIt) {
  EXPECT_THAT(fault_of_rules({"details.* remove", "details.a hash"}),
              AllOf(StartsWith("--rule: path rule 2 (details.a hash) can never match"),
                    HasSubstr("1 (details.* remove)")));
}

TEST(MaskRulesTest, OnlyARuleThatHashesNeedsTheSalt) {
  RuleChanges changes;
  EXPECT_FALSE(hashes(rules_with(changes)));
  changes.path_rules = {"details.a remove"};
  EXPECT_FALSE(hashes(rules_with(changes)));
  changes.path_rules = {"details.a remove", "userId hash"};
  const privacy::RuleSet rules = rules_with(changes);
  EXPECT_TRUE(hashes(rules));
  EXPECT_EQ(rules.secrets().salt.size(), 32u);
  EXPECT_NE(rules.secrets().salt, rules_with(changes).secrets().salt);
}

TEST_F(MaskKeysTest, AKeyIsReadFromItsFileWithoutTheLineEnd) {
  RuleChanges changes;
  changes.path_rules = {"userId pseudonym k1"};
  changes.pseudonym_keys = {"k1=" + file_with(std::string(kKey) + "\n")};
  EXPECT_EQ(rules_with(changes).secrets().key("k1"), kKey);
}

TEST_F(MaskKeysTest, ARuleWhoseKeyIsNotGivenIsNamed) {
  EXPECT_EQ(fault_of_rules({"details.a remove", "userId pseudonym k2"}, {"k1=" + file_with(kKey)}),
            "--rule: path rule 2 (userId pseudonym k2) needs the key k2; add --pseudonym-key "
            "k2=<file>");
}

TEST_F(MaskKeysTest, AKeyThatCannotBeUsedIsNamedAndNeverShown) {
  EXPECT_THAT(fault_of_rules({}, {"k1=" + (directory_ / "missing").string()}),
              AllOf(StartsWith("--pseudonym-key: key k1: "), HasSubstr("does not exist")));
  const std::string bytes = "fifteen bytes..";
  EXPECT_THAT(
      fault_of_rules({}, {"k1=" + file_with(bytes)}),
      AllOf(HasSubstr("key k1: the file holds fewer than 16 bytes"), Not(HasSubstr(bytes))));
  EXPECT_EQ(fault_of_rules({}, {"k1=" + file_with(bytes + ".")}), "");
  const std::string file = file_with(kKey);
  EXPECT_THAT(fault_of_rules({}, {"k1=" + file, "k1=" + file}),
              HasSubstr("the id k1 is given twice"));
}

TEST(MaskRulesTest, AKeyWithoutAnIdOrAFileIsRefusedUnseen) {
  for (const char* argument : {"", "k1", "k1=", "=file", "not an id=file", kKey}) {
    EXPECT_THAT(fault_of_rules({}, {argument}),
                AllOf(HasSubstr("give an id"), Not(HasSubstr("not an id")), Not(HasSubstr(kKey))));
  }
}

}  // namespace
}  // namespace penstock::ctl
