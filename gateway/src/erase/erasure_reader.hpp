// A request for erasure, POST /v1/erasure: which installs' events are to be erased.
//
// Its records go the way of events: each is an Event of a Batch, complete, for the sink to deliver.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "outcome.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Any thread.
class ErasureReader {
 public:
  static constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024;
  static constexpr std::size_t kInstallsMax = 100;

  // `topic_prefix`: put before the topic's name. Outlives the batches.
  explicit ErasureReader(const std::string& topic_prefix);

  // What the head alone decides: 415 unsupported_type, unsupported_encoding; 413 body_too_large.
  static Outcome<void> check_head(const RequestHead& head);

  // {"installIds": ["<uuid>", …], "requestedAt": "<time>"}: a record for each install, keyed by it,
  // with an eventId that is the same when the request is sent again. Refuses with
  //
  //   400 invalid_erasure   the body is none; the detail says which part, and nothing of what came
  //
  // `lease` has room for `body`; the batch takes it over. Throws OutOfMemoryBudget, std::bad_alloc.
  //
  // Installs and not users: a write key is in the hands of everybody who has the program. Who knows
  // an installId is the program itself; a userId can be guessed.
  Outcome<std::shared_ptr<Batch>> read(const RequestHead& head,
                                       std::shared_ptr<const ClientKey> client, std::string body,
                                       MemoryLease lease) const;

 private:
  std::string topic_;
};

}  // namespace penstock::gateway
