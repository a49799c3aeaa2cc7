// The SDK's masking for what did not come from the SDK: nothing that a rule masks goes into Kafka.
#pragma once

#include <string_view>

#include "privacy/rule_set.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Masks by the rules of the key that sent the batch (ClientKey::rules), or by the common ones if
// the key has none of its own. Immutable: any thread.
class Scrubber {
 public:
  explicit Scrubber(privacy::RuleSet common) noexcept;

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
  const privacy::RuleSet& rules_of(const Batch& batch) const noexcept {
    return batch.client && batch.client->rules ? *batch.client->rules : common_;
  }

  privacy::RuleSet common_;
};

}  // namespace penstock::gateway
