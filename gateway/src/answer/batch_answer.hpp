// Verdicts of a batch to the 200 body.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// {"accepted":n,"rejected":[{"index","code","pointer","message"},…]}, in the order of the batch.
// Call it once every event, or its dead letter, is acknowledged. Pure; any thread.
Answer batch_answer(const Batch& batch);

// What the answer takes until it is written, at most: twice its body. Pure; any thread.
std::size_t batch_answer_bytes_max(const Batch& batch) noexcept;

}  // namespace penstock::gateway
