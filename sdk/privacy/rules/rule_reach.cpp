#include "privacy/rules/rule_reach.hpp"

#include <array>
#include <memory>
#include <string_view>

namespace penstock::privacy {
namespace {

using State = PathRules::State;
using Cause = UselessRule::Cause;

// No rule has control characters in a name.
constexpr std::string_view kOtherName = "\x01";

constexpr std::uint64_t bit_of(std::size_t rule) noexcept { return std::uint64_t{1} << rule; }

// Finds which of some rules decide on a field, as if there were no others.
class Explorer {
 public:
  explicit Explorer(const PathRules& rules) noexcept : rules_(rules) {}

  // Returns false if there was too much to look at. Afterwards reached() says what was found.
  bool explore(std::uint64_t chosen) noexcept {
    choose_names(chosen);
    slots_.fill(0);
    seen_count_ = 0;
    reached_ = 0;
    std::size_t visits = 0;
    add(rules_.root_of(chosen));
    for (std::size_t i = 0; i < seen_count_; ++i) {
      for (std::size_t name = 0; name < name_count_; ++name) {
        if (++visits > kVisitsMax || seen_count_ == kStatesMax) return false;
        visit(rules_.child(seen_[i], names_[name]));
        if (reached_ == chosen) return true;
      }
    }
    return true;
  }
  std::uint64_t reached() const noexcept { return reached_; }

 private:
  static constexpr std::size_t kStatesMax = 1024;
  static constexpr std::size_t kVisitsMax = 50'000;
  static constexpr std::size_t kSlots = 2 * kStatesMax;

  void choose_names(std::uint64_t chosen) noexcept {
    names_[0] = kOtherName;
    name_count_ = 1;
    for (std::size_t i = 0; i < rules_.steps(); ++i) {
      const PathRules::Step step = rules_.step(i);
      if ((chosen & bit_of(step.rule)) != 0 && !step.name.empty()) add_name(step.name);
    }
  }
  void add_name(std::string_view name) noexcept {
    for (std::size_t i = 0; i < name_count_; ++i) {
      if (names_[i] == name) return;
    }
    names_[name_count_++] = name;
  }

  void visit(const State& state) noexcept {
    const Action* action = rules_.action_of(state);
    if (action != nullptr) reached_ |= bit_of(rules_.rule_of(state));
    if (!state.dead() && (action == nullptr || !action->replaces_whole())) add(state);
  }
  void add(const State& state) noexcept {
    std::size_t slot = state.fingerprint() % kSlots;
    for (; slots_[slot] != 0; slot = (slot + 1) % kSlots) {
      if (seen_[slots_[slot] - 1U] == state) return;
    }
    seen_[seen_count_++] = state;
    slots_[slot] = static_cast<std::uint16_t>(seen_count_);
  }

  const PathRules& rules_;
  std::uint64_t reached_ = 0;
  std::size_t name_count_ = 0;
  std::size_t seen_count_ = 0;
  std::array<std::string_view, kPathRulesMax * kPathNamesMax + 1> names_;
  std::array<State, kStatesMax> seen_;
  std::array<std::uint16_t, kSlots> slots_;  // open addressing: 1 + index into seen_; 0 is free
};

// Whether `rival` decides on one of the fields of `rule`, with long rows of names for "**": if not,
// there is no need to explore.
bool may_be_rival(const PathRules& rules, std::size_t rival, std::size_t rule) noexcept {
  State state = rules.root_of(bit_of(rival));
  for (std::size_t i = 0; i < rules.steps(); ++i) {
    const PathRules::Step step = rules.step(i);
    if (step.rule != rule) continue;
    for (std::size_t n = 0; step.behind_many && n <= kPathNamesMax; ++n) {
      state = rules.child(state, kOtherName);
    }
    state = rules.child(state, step.name.empty() ? kOtherName : step.name);
  }
  return rules.rule_of(state) == rival;
}

std::optional<UselessRule> find_rival(const PathRules& rules, Explorer& explorer,
                                      std::size_t index) {
  for (std::size_t other = 0; other < rules.size(); ++other) {
    if (other == index || (other > index && !rules.action(other).replaces_whole())) continue;
    if (!may_be_rival(rules, other, index)) continue;
    if (!explorer.explore(bit_of(index) | bit_of(other))) continue;
    if ((explorer.reached() & bit_of(index)) != 0) continue;
    return UselessRule{index, other < index ? Cause::kEarlierRule : Cause::kWholeObject, other};
  }
  return std::nullopt;
}

}  // namespace

std::optional<UselessRule> find_useless_rule(const PathRules& rules) {
  if (rules.size() < 2) return std::nullopt;
  const auto explorer = std::make_unique<Explorer>(rules);
  const bool complete = explorer->explore(~std::uint64_t{0} >> (64 - rules.size()));
  const std::uint64_t reached = explorer->reached();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if ((reached & bit_of(i)) != 0) continue;
    // Of a later rule that takes the whole object an earlier one may keep some, so that alone the
    // two tell nothing unless all were looked at.
    const auto rival = find_rival(rules, *explorer, i);
    if (rival && (complete || rival->cause == Cause::kEarlierRule)) return rival;
    if (complete) return UselessRule{i, Cause::kOtherRules, i};
  }
  return std::nullopt;
}

}  // namespace penstock::privacy
