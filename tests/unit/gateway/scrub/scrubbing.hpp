// The whole of a batch scrubbed at once, as the pipeline does it in turns.
#pragma once

#include "scrub/scrubber.hpp"

namespace penstock::gateway::testing {

inline void scrub(const Scrubber& scrubber, Batch& batch) {
  scrubber.apply_to_envelope(batch);
  for (Event& event : batch.events) scrubber.apply_to_event(batch, event);
}

}  // namespace penstock::gateway::testing
