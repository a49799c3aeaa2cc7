// How much one request may ask the gateway to look at.
#pragma once

#include <cstddef>

#include "wire/limits.hpp"

namespace penstock::gateway {

struct DecodeLimits {
  std::size_t inflated_bytes = wire::kInflatedBytesMax;  // else 413
  std::size_t events_per_batch = wire::kBatchEventsMax;  // else 413
  std::size_t event_bytes = wire::kEventBytesMax;        // else the event is too_large
  std::size_t depth = wire::kJsonDepthMax;               // at most that; else too_deep
  std::size_t fields = wire::kEventFieldsMax;  // of an event, of its metadata; else too_many_fields
  // Of the batch's context and of its drop report; else 400. The context is copied into each event:
  // this bounds by how much a small request can grow (1000 events: 16 MiB).
  std::size_t envelope_fields = 64;
  std::size_t context_bytes = std::size_t{16} * 1024;
};

}  // namespace penstock::gateway
