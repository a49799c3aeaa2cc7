// Masks JSON by the rules for paths, and by the others where none of these decides.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "privacy/name_masks.hpp"
#include "privacy/rule_set.hpp"
#include "privacy/rules/path_rules.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {

// Masks one value, once; one thread. No allocation, linear time. The rules must have paths.
class PathMasker {
 public:
  PathMasker(const RuleSet& rules, wire::JsonWriter& out) noexcept : rules_(rules), out_(out) {}

  // Writes `json`, a valid value nested no deeper than wire::kJsonDepthMax, which stands at `state`
  // under the name `name` ("" for none). Returns how many places were masked.
  std::size_t write(const PathRules::State& state, std::string_view name,
                    std::string_view json) noexcept;

  // Writes the JSON string of `text`, which is unescaped, as above.
  std::size_t write_text(const PathRules::State& state, std::string_view name,
                         std::string_view text) noexcept;

  // Writes the event object `json`. What the protocol wants as an object stays one: of details and
  // metadata that a rule takes whole, {} is left.
  std::size_t write_event(std::string_view json) noexcept;

  // The parts of such an event, for who writes its members one by one: the name of a member of an
  // object whose state is `object`, and what is left of an object. True if a rule takes it whole.
  std::size_t write_name(const PathRules::State& object, std::string_view name) noexcept;
  bool takes_whole(const PathRules::State& object) const noexcept;

  // Of a string that is escaped, this much is unescaped for an action; a longer one is removed.
  static constexpr std::size_t kEscapedBytesMax = 4096;

 private:
  std::size_t apply(const Action& action, std::string_view text) noexcept;
  std::size_t scalar(const Action& action, std::string_view json) noexcept;
  enum class Objects { kReplaced, kEmptied };  // of details and metadata that a rule takes
  std::size_t object(const PathRules::State& state, std::string_view json,
                     Objects objects = Objects::kReplaced) noexcept;
  std::size_t array(const PathRules::State& state, std::string_view name,
                    std::string_view json) noexcept;
  std::size_t member_name(std::string_view name, bool as_it_is) noexcept;

  const RuleSet& rules_;
  wire::JsonWriter& out_;
  NameMasks name_masks_;
};

}  // namespace penstock::privacy
