// The name that makes an event the same one, however often it is sent.
#pragma once

#include "request.hpp"

namespace penstock::gateway {

// The UUIDv5, in the namespace of the client's project, of the first of these that there is:
//   <installId>:<seq>                        what the SDK's events have
//   event \n <eventId>                       the client's own name of the event
//   key \n <Idempotency-Key> \n <index>      the n-th event of a request that may be sent again
// else a new UUIDv7, since nothing tells a retry from another event. Identifiers have no control
// characters, so that no two forms can make the same name. All of them are taken as they came,
// before masking, which could make two names one. Any thread.
wire::Uuid event_id(const Batch& batch, const Event& event) noexcept;

}  // namespace penstock::gateway
