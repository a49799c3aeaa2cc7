// Verdicts of a batch to the 200 body.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// {"accepted":n,"rejected":[{"index","code","pointer","message"},…]}, in the order of the batch.
// Call it once every event, or its dead letter, is acknowledged. Pure; any thread.
Answer batch_answer(const Batch& batch);

}  // namespace penstock::gateway
