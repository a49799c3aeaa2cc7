#include "stamper.hpp"

#include <algorithm>
#include <span>

#include "correlation.hpp"
#include "event_id.hpp"
#include "record_writer.hpp"
#include "wire/json_writer.hpp"
#include "wire/trace_context.hpp"

namespace penstock::gateway {
namespace {

std::string_view correlation_of(const Batch& batch, const Event& event) noexcept {
  if (event.reject) return batch.stamped_correlation_id;  // its own one is not masked
  const auto fields = std::span(batch.fields).subspan(event.fields_begin, event.fields_count);
  const auto own = std::find_if(fields.begin(), fields.end(), [](const Field& field) {
    return field.id == FieldId::kCorrelationId;
  });
  return own != fields.end() ? own->text : std::string_view(batch.stamped_correlation_id);
}

void write_records(Batch& batch) {
  const RecordWriter writer(batch);
  batch.context_json = writer.context();
  std::size_t bytes = 0;
  for (const Event& event : batch.events) {
    if (!event.reject) bytes += writer.bytes_max(event);
  }
  wire::JsonWriter out(batch.allocate(bytes), bytes);
  for (Event& event : batch.events) {
    if (event.reject) continue;
    const std::size_t begin = out.size();
    writer.write(event, out);
    event.record = out.text().substr(begin);
  }
}

}  // namespace

void Stamper::apply(Batch& batch) const {
  const auto trace = wire::parse_traceparent(batch.traceparent);
  batch.traceparent = trace ? wire::format_traceparent(*trace) : std::string();
  if (batch.sent_at_ms) batch.clock_skew_ms = batch.received_at_ms - *batch.sent_at_ms;
  if (batch.stamped_correlation_id.empty())
    batch.stamped_correlation_id = batch_correlation_id(batch);
  for (Event& event : batch.events) {
    if (event.event_id == wire::Uuid{}) event.event_id = event_id(batch, event);
    event.correlation_id = correlation_of(batch, event);
  }
  write_records(batch);
}

}  // namespace penstock::gateway
