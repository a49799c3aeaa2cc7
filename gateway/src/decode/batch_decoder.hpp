// A request's body to a Batch of events, each with its fields or the reason why it is invalid.
#pragma once

#include <memory>
#include <string>

#include "decode_limits.hpp"
#include "outcome.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Any thread.
class BatchDecoder {
 public:
  explicit BatchDecoder(const DecodeLimits& limits);
  ~BatchDecoder();
  BatchDecoder(const BatchDecoder&) = delete;
  BatchDecoder& operator=(const BatchDecoder&) = delete;

  // What of the refusals below the head alone decides: before a client is asked for the body.
  static Outcome<void> check_head(const RequestHead& head);

  // `body` as it travelled. A bad event is a verdict in its Event::reject and changes nothing for
  // the others; an empty list of events is a batch. Refuses the whole request with
  //
  //   400 not_a_batch              no events can be made out: not JSON, cut off, of another shape
  //   400 invalid_batch            sentAt, installId, context or dropped is not as it has to be
  //   400 damaged_body             does not inflate
  //   400 invalid_idempotency_key  is longer than 256 bytes, or has control characters
  //   413 inflated_too_large, too_many_events
  //   415 unsupported_type, unsupported_encoding
  //
  // `lease` has room for `body`; the batch takes it over. Throws std::bad_alloc.
  Outcome<std::shared_ptr<Batch>> decode(const RequestHead& head,
                                         std::shared_ptr<const ClientKey> client, std::string body,
                                         MemoryLease lease = {}) const;

 private:
  class ToolPool;

  DecodeLimits limits_;
  std::unique_ptr<ToolPool> tools_;
};

}  // namespace penstock::gateway
