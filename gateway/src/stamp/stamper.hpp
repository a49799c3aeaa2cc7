// What the gateway adds to events: ids, times, and what their batch said about all of them.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// Any thread: a Stamper has no state.
class Stamper {
 public:
  // Sets the batch's clock_skew_ms and correlation, leaves of a traceparent what is one, and gives
  // each event its event_id and correlation_id, rejected ones too, and each accepted one its
  // record. A correlation and event_ids that are there already stay: those of a dead letter that is
  // redriven. One allocation for all records. Throws std::bad_alloc.
  void apply(Batch& batch) const;
};

}  // namespace penstock::gateway
