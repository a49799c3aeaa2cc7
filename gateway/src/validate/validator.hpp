// Whether an event is what it says: fields that must be there, types, times, identifiers, numbers.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// Any thread: a Validator has no state.
class Validator {
 public:
  // Gives each event that has no verdict yet its timestamp_ms and seq, or a Reject: where (a
  // pointer to a known field) and what was expected, nothing of what came. The first flaw is the
  // one that is told, but seq is read in any case: a dead letter keeps its eventId.
  //
  //   UserActivity     eventType, timestamp, activityType
  //   DatabaseChange   eventType, timestamp, recordId, action
  void check(Batch& batch) const;
};

}  // namespace penstock::gateway
