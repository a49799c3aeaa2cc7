// Masks JSON by the rules for paths, and by the others where none of these decides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "privacy/name_masks.hpp"
#include "privacy/rule_set.hpp"
#include "privacy/rules/path_rules.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {

// A field and those that hold it; an event's own fields have none above.
struct FieldPath {
  std::string_view name;  // unescaped; empty if it is too long to be read
  const FieldPath* above;
};

// Is told what is masked, in its order. The text shown is part of what the masker was given; a path
// lives until the call returns.
class MaskedFieldReader {
 public:
  // A rule changed the value `json` at `path`. Without a rule (PathRules::kNoRule) `json` is a
  // field's name that is too long to be read.
  virtual void by_rule(std::uint8_t rule, const FieldPath* path,
                       std::string_view json) noexcept = 0;
  // No rule decides, and the names or detectors masked something of `json`: a value under the name
  // `name`, or a field's name under "".
  virtual void by_others(std::string_view name, std::string_view json) noexcept = 0;

 protected:
  ~MaskedFieldReader() = default;
};

// Masks one value, once; one thread. No allocation, linear time. The rules must have paths.
class PathMasker {
 public:
  // `reader` is told what write() and write_event() mask.
  PathMasker(const RuleSet& rules, wire::JsonWriter& out,
             MaskedFieldReader* reader = nullptr) noexcept
      : rules_(rules), out_(out), reader_(reader) {}

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
  // A member's value; its name is escaped.
  std::size_t member(const PathRules::State& object, std::string_view name, std::string_view json,
                     Objects objects) noexcept;
  std::size_t array(const PathRules::State& state, std::string_view name,
                    std::string_view json) noexcept;
  // `quoted`: a JSON string.
  std::size_t member_name(std::string_view quoted, bool as_it_is) noexcept;
  // Both return `masked`, and tell the reader unless that is 0.
  std::size_t tell_rule(std::uint8_t rule, std::string_view json, std::size_t masked) noexcept;
  std::size_t tell_others(std::string_view name, std::string_view json,
                          std::size_t masked) noexcept;

  const RuleSet& rules_;
  wire::JsonWriter& out_;
  MaskedFieldReader* reader_;
  const FieldPath* path_ = nullptr;  // of the value that is written
  NameMasks name_masks_;
};

}  // namespace penstock::privacy
