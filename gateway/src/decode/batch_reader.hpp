// An inflated body into the batch that holds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode_limits.hpp"
#include "envelope_reader.hpp"
#include "event_reader.hpp"
#include "json_walker.hpp"
#include "outcome.hpp"
#include "request.hpp"
#include "structural_index.hpp"

namespace penstock::gateway {

// Reads one body, once. One thread at a time.
//
// First the body as a whole, which is what almost all of them need: one scan and one walk. Where
// that finds anything that is not JSON, the body is split into its events, and each is read alone,
// so that a broken event is one verdict.
class BatchReader {
 public:
  // All outlive the reader. `batch` has its body, and nothing read from it yet.
  BatchReader(const DecodeLimits& limits, StructuralIndex& index, Batch& batch) noexcept
      : limits_(limits),
        index_(index),
        batch_(batch),
        events_(limits, batch),
        envelope_(limits, batch) {}

  // A batch object, an array of events, or one event. The Problem is why the body is neither,
  // or 413.
  Outcome<void> read_json();
  // One event a line.
  Outcome<void> read_ndjson();

 private:
  // `text` as a whole. False if it is not JSON, or problem_ is set.
  bool read_whole(std::string_view text);
  Outcome<void> read_split(std::string_view body);
  bool read_lines();
  bool read_object(JsonWalker& walker, bool& is_batch);
  bool read_array(JsonWalker& walker);
  bool read_event(JsonWalker& walker);
  void read_alone(std::string_view raw);
  void make_room(const JsonWalker& walker, std::size_t tokens_before);
  void start_again();

  const DecodeLimits& limits_;
  StructuralIndex& index_;
  Batch& batch_;
  EventReader events_;
  EnvelopeReader envelope_;
  std::optional<Problem> problem_;
};

}  // namespace penstock::gateway
