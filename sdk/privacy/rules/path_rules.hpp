// Rules by the path of a field: "details.customer.name remove", "**.email hash". This header is the
// definition of the language, for options, the C ABI and the gateway's YAML alike.
//
// A rule is one line of text, "<path> <action>".
//
// Path    Names from the event's top down, parted by '.': details.customer.name. '*' stands for
//         exactly one name, '**' for any number of names, also none; at the end of a path '**'
//         changes nothing. The elements of an array are no level: details.items.name is the name of
//         each item. Names compare as everywhere here: without case, '_', '-', '.' and spaces. A
//         name with '.', '*' or a space in it is written in double quotes: details."unit.price"; it
//         cannot hold a double quote.
//         The first name is one of an event's fields: details, metadata, context, userId,
//         sessionId, pageId, recordId, activityType, action, correlationId, installId, eventId; or
//         '*' or '**', which also reach fields of an operator's own event types. No rule ever
//         reaches eventType, timestamp, seq and schemaVersion at the top.
//
// Action  remove                     "[removed]"
//         replace <text>             the text, up to the end of the line, at most 64 bytes
//         mask last <n>              "[masked]" and the last n (1 to 16) characters
//         hash                       a digest with the install's salt
//         pseudonym <key id>         a keyed digest; the id: 1 to 32 letters, digits, '-', '_'
//         truncate ip                the network: IPv4 /24, IPv6 /48
//         truncate coordinates <n>   each number cut to n (1 to 4) decimals
//         truncate day               the day of a time
//         allow                      as it is: no built-in name and no detector touches it
//         What each writes: actions.hpp.
//
// Whom a rule decides on    A rule matches the fields of its path, and with these all that is below
//         them. remove and replace take an object or array as a whole; allow leaves it; all other
//         actions apply to each scalar in it.
//
// Order   Of all rules that match a field, the FIRST in the list decides, however exact the others
//         are: list exceptions first. So a rule for something below an allowed (or hashed, …) field
//         counts if it stands before. What remove or replace takes is gone with all that is below:
//         to keep details.code alone write "details.code allow" and "details.* remove".
//         A path rule wins over the built-in names, over remove_fields and allow_fields, and over
//         the detectors.
//
// Errors  A rule that cannot be read, and one that can never decide on any field: because its first
//         name is no field that rules may reach, because the rules before cover all its paths, or
//         because a later rule removes or replaces the whole object that it looks into. (The last
//         two are decided exactly unless the rules go together in more than about a thousand ways;
//         then only pairs of rules are compared: rule_reach.hpp.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/status.hpp"
#include "privacy/rules/actions.hpp"
#include "privacy/rules/field_name.hpp"

namespace penstock::privacy {

inline constexpr std::size_t kPathRulesMax = 64;
inline constexpr std::size_t kPathBytesMax = 256;  // as written
inline constexpr std::size_t kPathNamesMax = 16;   // '*' and '**' included

struct PathRule;

// Immutable after construction: any thread.
class PathRules {
 public:
  static constexpr std::uint8_t kNoRule = 255;

  // Where a walk over JSON stands: keep one for each depth. Trivially copyable, and good for the
  // rules that it came from. The default is dead and decides on nothing.
  class State {
   public:
    // True if the decision is the same for all that is below.
    bool dead() const noexcept { return !alive_; }
    // Equal for equal states.
    std::size_t fingerprint() const noexcept;
    friend bool operator==(const State&, const State&) noexcept = default;

   private:
    friend class PathRules;
    // A bit for each name of each path, in the order of the rules: the name is what comes next.
    std::array<std::uint64_t, kPathRulesMax * kPathNamesMax / 64> live_{};
    std::uint8_t rule_ = kNoRule;
    bool alive_ = false;
    bool at_top_ = false;
  };

  PathRules() = default;  // no rules

  // Fails with kInvalidOption. The message has the rule's number, counted from 1, its text, what is
  // wrong and what would be right; the caller puts the option's name in front.
  static Result<PathRules> parse(const std::vector<std::string>& lines);
  // The same, but takes rules that can never decide.
  static Result<PathRules> parse_unchecked(const std::vector<std::string>& lines);

  bool empty() const noexcept { return actions_.empty(); }
  std::size_t size() const noexcept { return actions_.size(); }

  // That of the event itself. The context of a batch is the event's field `context`.
  State root() const noexcept { return root_of(~std::uint64_t{0}); }
  // As if there were only the rules whose bits are set in `rules`.
  State root_of(std::uint64_t rules) const noexcept;
  // That of the field `name` (UTF-8, unescaped) of an object whose state is `state`. An element of
  // an array has the state of the array. No allocation.
  State child(const State& state, std::string_view name) const noexcept;

  // What is to be done with a field, by the rule that decides on it; nullptr if none does. It lives
  // as long as the rules.
  const Action* action_of(const State& state) const noexcept {
    return state.rule_ == kNoRule ? nullptr : &actions_[state.rule_];
  }
  // The index of that rule, or kNoRule.
  std::uint8_t rule_of(const State& state) const noexcept { return state.rule_; }

  // One name of a path.
  struct Step {
    std::string_view name;  // normalised; empty for '*'
    std::size_t rule;
    bool behind_many;  // any number of names may come before: '**'
  };
  // The steps of all rules, one rule's after the other's.
  std::size_t steps() const noexcept { return step_count_; }
  Step step(std::size_t index) const noexcept;
  const Action& action(std::size_t rule) const noexcept { return actions_[rule]; }

 private:
  struct Name {
    std::uint32_t hash;
    std::uint16_t begin, size;  // in names_
    std::uint8_t rule;
  };
  struct Word {
    std::uint64_t any = 0;   // the step is '*'
    std::uint64_t loop = 0;  // the step follows '**'
    std::uint64_t last = 0;  // the step ends its path
  };

  void add(std::size_t index, const PathRule& rule);
  std::string_view text_of(const Name& name) const noexcept {
    return std::string_view(names_).substr(name.begin, name.size);
  }
  std::uint64_t named(std::uint64_t bits, std::size_t word, std::string_view name,
                      const NameHash& hash) const noexcept;
  void decide(State& state, std::size_t last_step) const noexcept;

  std::vector<Action> actions_;
  std::vector<Name> by_step_;
  std::string names_;
  std::size_t step_count_ = 0;
  std::size_t longest_ = 0;                                       // name
  std::array<std::uint16_t, kPathRulesMax> begins_{};             // the first step of each rule
  std::array<Word, kPathRulesMax * kPathNamesMax / 64> words_{};  // 64 steps each
};

}  // namespace penstock::privacy
