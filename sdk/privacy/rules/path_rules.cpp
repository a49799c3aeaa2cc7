#include "privacy/rules/path_rules.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "wire/field_names.hpp"

namespace penstock::privacy {
namespace {

static_assert(std::is_trivially_copyable_v<PathRules::State>);

constexpr std::size_t kNone = SIZE_MAX;

constexpr std::size_t words_of(std::size_t steps) noexcept { return (steps + 63) / 64; }

// As the protocol spells them: no other spelling is the protocol's field.
bool is_out_of_reach(std::string_view name) noexcept {
  return name == wire::field::kEventType || name == wire::field::kTimestamp ||
         name == wire::field::kSeq || name == wire::field::kSchemaVersion;
}

}  // namespace

std::size_t PathRules::State::fingerprint() const noexcept {
  std::uint64_t value = rule_;
  for (const std::uint64_t word : live_) value = std::rotl(value ^ word, 29) * 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(value >> 17);
}

PathRules::Step PathRules::step(std::size_t index) const noexcept {
  const Name& name = by_step_[index];
  return {text_of(name), name.rule, (words_[index / 64].loop >> index % 64 & 1U) != 0};
}

PathRules::State PathRules::root_of(std::uint64_t rules) const noexcept {
  State state;
  for (std::size_t i = 0; i < size(); ++i) {
    if ((rules >> i & 1U) == 0) continue;
    state.live_[begins_[i] / 64] |= std::uint64_t{1} << begins_[i] % 64;
    state.alive_ = true;
  }
  state.at_top_ = true;
  return state;
}

PathRules::State PathRules::child(const State& state, std::string_view name) const noexcept {
  if (state.dead()) return state;
  State next;
  if (state.at_top_ && is_out_of_reach(name)) return next;
  next.rule_ = state.rule_;
  const NameHash hash = hash_of(name, longest_);
  std::size_t decided = kNone;
  std::uint64_t carried = 0, alive = 0;
  const std::size_t words_used = words_of(step_count_);
  for (std::size_t i = 0; i < words_used; ++i) {
    const std::uint64_t live = state.live_[i];
    const Word& word = words_[i];
    const std::uint64_t matched = (live & word.any) | named(live & ~word.any, i, name, hash);
    if (const auto ended = matched & word.last; ended != 0 && decided == kNone)
      decided = i * 64 + static_cast<std::size_t>(std::countr_zero(ended));
    const std::uint64_t moved = matched & ~word.last;
    next.live_[i] = (live & word.loop) | moved << 1 | carried;
    carried = moved >> 63;
    alive |= next.live_[i];
  }
  next.alive_ = alive != 0;
  if (decided != kNone) decide(next, decided);
  return next;
}

// Those of `bits`, steps of one word, whose name is `name`.
std::uint64_t PathRules::named(std::uint64_t bits, std::size_t word, std::string_view name,
                               const NameHash& hash) const noexcept {
  std::uint64_t result = 0;
  for (; bits != 0; bits &= bits - 1) {
    const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
    const Name& wanted = by_step_[word * 64 + bit];
    if (wanted.hash == hash.value && equals_normalised(name, text_of(wanted)))
      result |= std::uint64_t{1} << bit;
  }
  return result;
}

// From here on only earlier rules can change the decision.
void PathRules::decide(State& state, std::size_t last_step) const noexcept {
  state.rule_ = by_step_[last_step].rule;
  const std::size_t begin = begins_[state.rule_];
  state.live_[begin / 64] &= (std::uint64_t{1} << begin % 64) - 1;
  std::fill(state.live_.begin() + begin / 64 + 1, state.live_.end(), 0);
  std::uint64_t alive = 0;
  for (std::size_t i = 0; i <= begin / 64; ++i) alive |= state.live_[i];
  state.alive_ = alive != 0;
}

}  // namespace penstock::privacy
