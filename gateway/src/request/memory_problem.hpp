// What a client is told when there is no memory for its request.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// Requests are in memory for milliseconds while Kafka is well. The SDK adds its own jitter.
inline Problem overloaded() {
  return {503, "overloaded",
          "the requests of all clients, or of this one, hold too much memory; try again", 1};
}

// Also an idle gateway would refuse it, so it must not be sent again as it is.
inline Problem needs_too_much_memory() {
  return {413,
          "inflated_too_large",
          "the batch needs more memory than this gateway gives to one client; send fewer events in "
          "a batch",
          {}};
}

// Why `lease` could not grow by `bytes`.
inline Problem no_memory(const MemoryLease& lease, std::size_t bytes) {
  return lease.can_never_grow(bytes) ? needs_too_much_memory() : overloaded();
}

}  // namespace penstock::gateway
