// Whether an event is what it says: fields that must be there, types, times, identifiers, numbers.
#pragma once

#include <cstddef>

#include "request.hpp"
#include "schema_registry.hpp"

namespace penstock::gateway {

// Immutable: any thread.
class Validator {
 public:
  // Types without any schema are UserActivity and DatabaseChange alone.
  Validator() = default;
  // Also those of `schemas`, which outlives it.
  explicit Validator(const SchemaRegistry& schemas) noexcept : schemas_(&schemas) {}

  // Gives each event that has no verdict yet its timestamp_ms and seq, or a Reject: where (a
  // pointer to a known field) and what was expected, nothing of what came. The first flaw is the
  // one that is told, but seq is read in any case: a dead letter keeps its eventId.
  //
  //   UserActivity     eventType, timestamp, activityType
  //   DatabaseChange   eventType, timestamp, recordId, action
  //   custom types     eventType, timestamp; and there is a schema of its schemaVersion (1 if it
  //                    names none)
  void check(Batch& batch) const;

  // Of an event that check() has passed: a Reject if it is of a custom type and not what its schema
  // says. Comes before scrub/, which changes texts. Returns how many bytes it has looked at,
  // steps of the schema counted as bytes.
  // Throws OutOfMemoryBudget: the event's tree is leased while it looks.
  std::size_t check_schema(Batch& batch, Event& event) const;

 private:
  const SchemaRegistry* schemas_ = nullptr;  // may be null
};

}  // namespace penstock::gateway
