// The SDK's masking for what did not come from the SDK: nothing that a rule masks goes into Kafka.
#pragma once

#include <string_view>

#include "privacy/rule_set.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Immutable: any thread.
class Scrubber {
 public:
  explicit Scrubber(privacy::RuleSet rules) noexcept;

  // Masks the batch's context and identifiers. Before the events.
  void apply_to_envelope(Batch& batch) const;

  // Masks the fields of an accepted event, and every identifier that leaves: value and text.
  // eventType, timestamp, seq and schemaVersion are validated and stay as they are. Of a rejected
  // event it makes the dead letter's value: its JSON, masked; or, if it is not JSON or exceeds the
  // limits of depth or size, a JSON string of its first kBrokenBytesMax bytes, masked by content.
  void apply_to_event(Batch& batch, Event& event) const;

  // What shows an engineer what is wrong, and fits into a record even if every byte is escaped.
  static constexpr std::size_t kBrokenBytesMax = std::size_t{64} * 1024;

 private:
  void scrub_event(Batch& batch, Event& event) const;
  void scrub_value(Batch& batch, Field& field) const;
  // Masks the name of a field that no stage knows; true if there was something to mask.
  bool scrub_name(Field& field) const;
  std::string_view dead_letter(Batch& batch, const Event& event) const;
  // True if no rule for paths decides at `state` or below.
  bool is_undecided(const privacy::PathRules::State& state) const;
  // True if nothing of `json` changes, which stands under `name` with the rules for paths at `state`.
  bool is_clean(const privacy::PathRules::State& state, std::string_view name,
                std::string_view json) const;
  // The same for an identifier, unescaped.
  bool is_clean_text(const privacy::PathRules::State& state, std::string_view name,
                     std::string_view text) const;
  std::string_view masked_json(Batch& batch, const privacy::PathRules::State& state,
                               std::string_view name, std::string_view json) const;
  // A JSON string of the identifier `text`, which stands under `name`.
  std::string_view masked_identifier(Batch& batch, std::string_view name,
                                     std::string_view text) const;
  privacy::PathRules::State state_of(std::string_view name) const;
  std::string_view masked_name(std::string_view name) const;

  privacy::RuleSet rules_;
};

}  // namespace penstock::gateway
