// The Kafka record of an event: what is stamped on it, then what the client sent.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "request.hpp"
#include "wire/json_writer.hpp"

namespace penstock::gateway {

// Writes the records of one batch, whose clock skew and correlation are stamped already. One thread
// at a time.
class RecordWriter {
 public:
  // Writes what all records share into the batch's arena. `batch` outlives the writer.
  explicit RecordWriter(Batch& batch);

  // The batch's context as a JSON object, in the batch's arena; empty if it has none.
  std::string_view context() const noexcept { return context_; }

  // No record of `event` is longer.
  std::size_t bytes_max(const Event& event) const noexcept;

  // {"eventId","correlationId","receivedAt","clockSkewMs","installId", and the client's fields in
  // their order, less the ones that are stamped}. The batch's context goes into metadata; fields
  // that the event has there itself stay.
  void write(const Event& event, wire::JsonWriter& out) const noexcept;

 private:
  std::span<const Field> fields_of(const Event& event) const noexcept;
  void write_metadata(const Event& event, std::string_view own,
                      wire::JsonWriter& out) const noexcept;
  bool has_own(const Event& event, const ContextField& field) const noexcept;

  const Batch& batch_;
  std::string_view correlation_;  // "…", of events without one of their own
  std::string_view received_;     // ,"receivedAt":"…","clockSkewMs":…
  std::string_view context_;      // {"app":"…","os":"…"}, or nothing
};

}  // namespace penstock::gateway
