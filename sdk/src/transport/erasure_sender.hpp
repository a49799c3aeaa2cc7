// Sends requests for erasure until the gateway has taken each of them.
#pragma once

#include <string>

#include "consent/erasure_queue.hpp"
#include "https/client.hpp"
#include "transport/retry_policy.hpp"

namespace penstock::transport {

using platform::Clock;

// The sender thread's.
class ErasureSender {
 public:
  ErasureSender(consent::ErasureQueue queue, RetryLimits limits) noexcept
      : queue_(std::move(queue)), limits_(limits) {}

  // Another one was queued. Nothing is sent for it if the gateway knows no erasure.
  void look_again() noexcept {
    if (!gateway_knows_none_) next_ = Clock::time_point::min();
  }
  // When send_next() has something to do; time_point::max() for never.
  Clock::time_point next() const noexcept { return next_; }

  // One request, if one is queued. `random` as in decide(). What the gateway does not
  // know (404) stays queued for the next open. What was decided, which the caller
  // has to obey in one respect: where the server asked for a wait, that is for all requests to it.
  // Throws std::bad_alloc.
  Decision send_next(https::Client& client, https::WhileWaiting& duty,
                     std::int64_t now_unix_seconds, double random);

  const consent::ErasureQueue& queue() const noexcept { return queue_; }

 private:
  consent::ErasureQueue queue_;
  const RetryLimits limits_;
  Clock::time_point next_ = Clock::time_point::min();
  unsigned failures_ = 0, refusals_ = 0;  // in a row
  bool gateway_knows_none_ = false;
};

}  // namespace penstock::transport
