// Lines are path rules, the last one a value. Rules are read or refused with a reason; along any
// path the state that a walk keeps decides as its rules' order demands; each action writes one JSON
// string, of bounded size unless it allows, and writes the same a second time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "privacy/rules/actions.hpp"
#include "privacy/rules/path_rules.hpp"

namespace {

using namespace penstock;
using privacy::Action;
using privacy::PathRules;
using Json = nlohmann::json;

constexpr privacy::PseudonymKey kKeys[] = {{"key1", "a key"}};
constexpr privacy::Secrets kSecrets{"a salt", kKeys};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = 0; end != text.npos; text.remove_prefix(end + 1)) {
    end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == text.npos) break;
  }
  return lines;
}

std::string written(const Action& action, std::string_view value) {
  std::vector<char> buffer(value.size() * 6 + 512);
  wire::JsonWriter out(buffer.data(), buffer.size());
  privacy::apply(action, kSecrets, value, out);
  PENSTOCK_CHECK(!out.overflowed());
  const Json json = Json::parse(out.text(), nullptr, false);
  PENSTOCK_CHECK(json.is_string());
  return json.get<std::string>();
}

void check_action(const Action& action, std::string_view value) {
  const std::string once = written(action, value);
  PENSTOCK_CHECK(written(action, once) == once);
  PENSTOCK_CHECK(action.kind == Action::Kind::kAllow || once.size() <= 160);
}

// From a state on, only earlier rules decide, and none once the state is dead.
void check_walk(const PathRules& rules, std::string_view text) {
  auto state = rules.root();
  std::size_t decided = PathRules::kNoRule;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(". \n\""), text.size());
    const auto next = rules.child(state, text.substr(0, end));
    PENSTOCK_CHECK(rules.rule_of(next) <= decided);
    PENSTOCK_CHECK(!state.dead() || rules.rule_of(next) == decided);
    decided = rules.rule_of(next);
    state = next;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto lines = lines_of(text);
  const std::string value = lines.back();
  lines.pop_back();
  const auto rules = PathRules::parse_unchecked(lines);
  if (!rules) {
    PENSTOCK_CHECK(rules.status().code() == StatusCode::kInvalidOption);
    PENSTOCK_CHECK(rules.status().message().starts_with("path rule "));
    return 0;
  }
  const auto checked = PathRules::parse(lines);
  PENSTOCK_CHECK(checked.ok() ||
                 checked.status().message().find("can never match") != std::string::npos);
  check_walk(*rules, value);
  check_walk(*rules, text);
  for (std::size_t i = 0; i < rules->size(); ++i) check_action(rules->action(i), value);
  return 0;
}
