#include <algorithm>
#include <utility>

#include "privacy/rules/path_rule.hpp"
#include "privacy/rules/path_rules.hpp"
#include "privacy/rules/rule_reach.hpp"
#include "wire/utf8.hpp"

namespace penstock::privacy {
namespace {

// What a message shows of a rule: printable, and not longer than a line.
std::string shown(std::string_view line) {
  constexpr std::size_t kShownBytesMax = 100;
  std::string text(line.substr(0, kShownBytesMax));
  while (!wire::is_utf8(text)) text.pop_back();
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  if (text.size() < line.size()) text += "…";
  return text;
}

Status fault_of(const std::vector<std::string>& lines, std::size_t index, const char* what) {
  std::string message = "path rule ";
  message += std::to_string(index + 1);
  message += " (";
  message += shown(lines[index]);
  message += ") ";
  message += what;
  return {StatusCode::kInvalidOption, std::move(message)};
}

const char* meaning_of(UselessRule::Cause cause) noexcept {
  switch (cause) {
    case UselessRule::Cause::kEarlierRule:
      return "can never match, as an earlier rule decides on all its fields; move it up, or leave "
             "it out. The earlier rule: ";
    case UselessRule::Cause::kWholeObject:
      return "can never match, as a later rule takes the whole object above; end that rule's path "
             "with .*, or leave one of the two out. The later rule: ";
    case UselessRule::Cause::kOtherRules:
      break;
  }
  return "can never match, as the other rules together decide on all its fields; move it up, or "
         "leave it out";
}

Status fault_of(const std::vector<std::string>& lines, const UselessRule& rule) {
  std::string what = meaning_of(rule.cause);
  if (rule.cause != UselessRule::Cause::kOtherRules) {
    what += std::to_string(rule.rival + 1);
    what += " (";
    what += shown(lines[rule.rival]);
    what += ')';
  }
  return fault_of(lines, rule.index, what.c_str());
}

}  // namespace

void PathRules::add(std::size_t index, const PathRule& rule) {
  begins_[index] = static_cast<std::uint16_t>(step_count_);
  for (std::size_t i = 0; i < rule.step_count; ++i) {
    const PathStep& step = rule.steps[i];
    const std::size_t bit = step_count_ % 64;
    Word& word = words_[step_count_ / 64];
    word.any |= std::uint64_t{step.name.empty()} << bit;
    word.loop |= std::uint64_t{step.behind_many} << bit;
    word.last |= std::uint64_t{i + 1 == rule.step_count} << bit;

    const std::size_t begin = names_.size();
    names_ += normalise(step.name);
    const std::size_t size = names_.size() - begin;
    longest_ = std::max(longest_, size);
    by_step_[step_count_++] = {hash_of(step.name, size).value, static_cast<std::uint16_t>(begin),
                               static_cast<std::uint16_t>(size), static_cast<std::uint8_t>(index)};
  }
  actions_[index] = rule.action;
}

Result<PathRules> PathRules::parse_unchecked(const std::vector<std::string>& lines) {
  if (lines.size() > kPathRulesMax)
    return fault_of(lines, kPathRulesMax, "is one too many; 64 are allowed: join some by * and **");
  PathRules rules;
  rules.actions_ = std::vector<Action>(lines.size());
  rules.by_step_ = std::vector<Name>(lines.size() * kPathNamesMax);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    PathRule rule;
    if (const char* fault = read_path_rule(lines[i], rule)) return fault_of(lines, i, fault);
    rules.add(i, rule);
  }
  return rules;
}

Result<PathRules> PathRules::parse(const std::vector<std::string>& lines) {
  auto rules = parse_unchecked(lines);
  if (!rules) return rules;
  if (const auto useless = find_useless_rule(*rules)) return fault_of(lines, *useless);
  return rules;
}

}  // namespace penstock::privacy
