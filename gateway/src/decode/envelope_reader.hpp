// What surrounds the events of a batch object: sentAt, installId, context, dropped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decode_limits.hpp"
#include "json_walker.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Fills one batch. One thread at a time.
class EnvelopeReader {
 public:
  // Both outlive the reader.
  EnvelopeReader(const DecodeLimits& limits, Batch& batch) noexcept
      : limits_(limits), batch_(batch) {}

  // Reads the value of the member `name`, which is not "events". Members that the protocol does not
  // know are checked and left out. False if it is not JSON.
  bool read_member(std::string_view name, JsonWalker& walker);

  // The first member that is not as the protocol says: 400, names it by its JSON pointer.
  const std::optional<Problem>& problem() const noexcept { return problem_; }

  // Takes back all that was read: the object was not a batch.
  void forget();

 private:
  void read_sent_at(const JsonValue& value);
  void read_install_id(const JsonValue& value);
  bool read_context(JsonWalker& walker);
  bool read_dropped(JsonWalker& walker);
  void refuse(std::string_view member, std::string_view expected);

  const DecodeLimits& limits_;
  Batch& batch_;
  std::optional<Problem> problem_;
};

}  // namespace penstock::gateway
