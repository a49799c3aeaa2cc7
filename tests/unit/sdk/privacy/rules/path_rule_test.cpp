// Goal: each line of the language is read as its header says, and each mistake is told with the
// rule's number, its text, what is wrong and what would be right. Method: one line at a time.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "privacy/rules/path_rules.hpp"

namespace penstock::privacy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ActionKind = Action::Kind;

std::string refusal_in(const std::vector<std::string>& lines) {
  const auto rules = PathRules::parse(lines);
  if (rules) return "";
  EXPECT_EQ(rules.status().code(), StatusCode::kInvalidOption);
  return rules.status().message();
}
std::string fault_in(const std::string& line) { return refusal_in({line}); }

// What the one rule `line` does with the field at `path`.
Action action_for(const std::string& line, const std::vector<std::string>& path) {
  const auto rules = PathRules::parse({line});
  EXPECT_TRUE(rules.ok()) << rules.status().message();
  if (!rules) return {};
  auto state = rules->root();
  for (const auto& name : path) state = rules->child(state, name);
  const Action* action = rules->action_of(state);
  EXPECT_NE(action, nullptr) << line;
  return action == nullptr ? Action{} : *action;
}

TEST(PathRuleTest, ReadsEachAction) {
  const struct {
    const char* text;
    ActionKind kind;
    unsigned count;
    const char* argument;
  } cases[] = {
      {"remove", ActionKind::kRemove, 0, ""},
      {"replace [note]", ActionKind::kReplace, 0, "[note]"},
      {"replace  two words ", ActionKind::kReplace, 0, "two words"},
      {"mask last 1", ActionKind::kMaskLast, 1, ""},
      {"mask last 16", ActionKind::kMaskLast, 16, ""},
      {"hash", ActionKind::kHash, 0, ""},
      {"pseudonym key-1_B", ActionKind::kPseudonym, 0, "key-1_B"},
      {"truncate ip", ActionKind::kTruncateIp, 0, ""},
      {"truncate coordinates 1", ActionKind::kTruncateCoordinates, 1, ""},
      {"truncate  coordinates\t4", ActionKind::kTruncateCoordinates, 4, ""},
      {"truncate day", ActionKind::kTruncateDay, 0, ""},
      {"allow", ActionKind::kAllow, 0, ""},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.text);
    const Action action = action_for(" details.x \t" + std::string(each.text), {"details", "x"});
    EXPECT_EQ(action.kind, each.kind);
    EXPECT_EQ(action.count, each.count);
    EXPECT_STREQ(action.text, each.argument);
  }
}

TEST(PathRuleTest, ReadsQuotedNamesWithWhatPartsPathsInThem) {
  action_for(R"(details."unit.price" hash)", {"details", "unit.price"});
  action_for(R"("details"."a * b".c hash)", {"details", "a * b", "c"});
  action_for(R"(details."**" hash)", {"details", "**"});
}

TEST(PathRuleTest, TellsEachMistakeAndItsCure) {
  const struct {
    std::string line;
    const char* message;
  } cases[] = {
      {"", "is empty; write a path and an action"},
      {" \t", "is empty"},
      {"details.name", "has no action; write it behind the path"},
      {"details.name Remove", "has an unknown action; the actions are remove, replace"},
      {"details.name remove now", "has more words behind its action; leave them out"},
      {"details.name truncate ip 24", "has more words behind its action"},
      {"details..name remove", "has an empty name in its path; part names by one dot"},
      {"details. remove", "has an empty name"},
      {".details remove", "has an empty name"},
      {"details.na*e remove", "has a * inside a name"},
      {"details.***.x remove", "has a * inside a name"},
      {"details.na\"me\" remove", "has a quote inside a name"},
      {"details.\"name remove", "has a quote that does not end"},
      {"details.\"na\"me remove", "has more of a name behind its quotes"},
      {"details._-_ remove", "has a name of nothing but '_'"},
      {"details.\"\" remove", "has a name of nothing but '_'"},
      {"details.a mask", "write \"mask last 4\" (1 to 16)"},
      {"details.a mask first 4", "write \"mask last 4\""},
      {"details.a mask last", "write \"mask last 4\""},
      {"details.a mask last 0", "write \"mask last 4\""},
      {"details.a mask last 17", "write \"mask last 4\""},
      {"details.a mask last 99999999999999999999", "write \"mask last 4\""},
      {"details.a mask last -1", "write \"mask last 4\""},
      {"details.a truncate", "does not say what to truncate"},
      {"details.a truncate month", "does not say what to truncate"},
      {"details.a truncate coordinates", "does not say how many decimals"},
      {"details.a truncate coordinates 0", "(1 to 4)"},
      {"details.a truncate coordinates 5", "(1 to 4)"},
      {"details.a replace", "needs 1 to 64 bytes of UTF-8"},
      {"details.a replace " + std::string(65, 'x'), "needs 1 to 64 bytes of UTF-8"},
      {"details.a replace \xFF", "needs 1 to 64 bytes of UTF-8"},
      {"details.a pseudonym", "does not name its key"},
      {"details.a pseudonym key:1", "does not name its key"},
      {"details.a pseudonym " + std::string(33, 'k'), "does not name its key"},
      {"details.a\nremove", "holds a control character"},
      {"event_type remove", "never masked"},
      {"timestamp.x remove", "never masked"},
      {"seq hash", "never masked"},
      {"schemaVersion allow", "never masked"},
      {"receivedAt truncate day", "the gateway writes"},
      {"customer.name remove", "its first name is no field of an event (details, metadata,"},
  };
  for (const auto& each : cases) {
    EXPECT_THAT(fault_in(each.line), AllOf(StartsWith("path rule 1 ("), HasSubstr(each.message)))
        << each.line;
  }
}

TEST(PathRuleTest, NamesTheRuleByItsNumberAndAPrintablePartOfItsText) {
  EXPECT_THAT(refusal_in({"details.a hash", "details.b drop"}),
              StartsWith("path rule 2 (details.b drop) has an unknown action"));
  EXPECT_THAT(fault_in("details.\x01 hash"), StartsWith("path rule 1 (details.? hash) "));
  EXPECT_THAT(fault_in("details." + std::string(500, 'a')),
              StartsWith("path rule 1 (details." + std::string(92, 'a') + "…) "));
}

TEST(PathRuleTest, AcceptsEachFieldOfAnEventAsTheFirstName) {
  for (const char* name :
       {"details", "metadata", "context", "userId", "sessionId", "pageId", "recordId",
        "activityType", "action", "correlationId", "installId", "eventId", "user_id", "*", "**"}) {
    EXPECT_EQ(fault_in(std::string(name) + " hash"), "");
  }
  EXPECT_EQ(fault_in("*.seq hash"), "");
  EXPECT_EQ(fault_in("**.timestamp hash"), "");
}

TEST(PathRuleTest, KeepsItsLimits) {
  const auto path = [](std::size_t names) {
    std::string result = "details";
    for (std::size_t i = 1; i < names; ++i) result += ".n";
    return result;
  };
  EXPECT_EQ(fault_in(path(16) + " hash"), "");
  EXPECT_THAT(fault_in(path(17) + " hash"), HasSubstr("more than 16 names"));
  EXPECT_THAT(fault_in(path(16) + ".** hash"), HasSubstr("more than 16 names"));

  EXPECT_EQ(fault_in("details." + std::string(248, 'n') + " hash"), "");
  EXPECT_THAT(fault_in("details." + std::string(249, 'n') + " hash"),
              HasSubstr("more than 256 bytes"));

  std::vector<std::string> lines;
  for (int i = 0; i < 64; ++i) lines.push_back("details.n" + std::to_string(i) + " hash");
  EXPECT_EQ(refusal_in(lines), "");
  lines.push_back("details.more hash");
  EXPECT_THAT(refusal_in(lines),
              AllOf(StartsWith("path rule 65 (details.more hash) "), HasSubstr("64 are allowed")));
}

}  // namespace
}  // namespace penstock::privacy
