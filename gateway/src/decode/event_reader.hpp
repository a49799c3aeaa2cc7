// One event's JSON into the batch: its fields, or why it is invalid.
#pragma once

#include <optional>
#include <string_view>

#include "decode_limits.hpp"
#include "json_walker.hpp"
#include "request.hpp"

namespace penstock::gateway {

// Text that lives as long as the batch: `text` itself if it means what it says, else a copy in the
// arena.
std::string_view unescaped_text(const JsonText& text, Batch& batch);

// Appends to one batch. One thread at a time.
class EventReader {
 public:
  // Both outlive the reader.
  EventReader(const DecodeLimits& limits, Batch& batch) noexcept : limits_(limits), batch_(batch) {}

  // Reads the value that the walker stands before, and appends it as an event, with a verdict if
  // its limits are exceeded or it is not an object. False, and nothing of use is appended, if it is
  // not JSON.
  bool read(JsonWalker& walker);

  // Appends what is not JSON, or too large to be looked at.
  void add_broken(std::string_view raw, Reject reject);

 private:
  bool read_members(JsonWalker& walker, Event& event);
  bool read_metadata(JsonWalker& walker, Event& event, JsonValue& value);
  bool is_new(FieldId id, std::string_view name, const Event& event) noexcept;
  void add_field(FieldId id, std::string_view name, const JsonValue& value, Event& event);
  void forget_fields(Event& event);

  const DecodeLimits& limits_;
  Batch& batch_;
  std::uint32_t seen_ = 0;  // of the event: bit n is FieldId n
};

}  // namespace penstock::gateway
