// Goal: the command line changes which kinds and names are masked, and names what it does not know.
// Method: pure functions; rules are asked what they detect.
#include "mask_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

using privacy::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;

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

}  // namespace
}  // namespace penstock::ctl
