#include "record_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

// An escape, \u001f, takes six bytes at most for one.
constexpr std::size_t kEscapeBytes = 6;
// Quotes, colon and comma around a member.
constexpr std::size_t kMemberBytes = 4;
// The names of the stamped fields and of metadata, a UUID, a time, a number, braces.
constexpr std::size_t kStampedBytes = 256;

template <typename Write>
std::string_view written(Batch& batch, std::size_t bytes_max, Write write) {
  wire::JsonWriter out(batch.allocate(bytes_max), bytes_max);
  write(out);
  return out.text();
}

void write_name(wire::JsonWriter& out, std::string_view name) {
  out.string(name);
  out.raw(':');
}

void write_received(const Batch& batch, wire::JsonWriter& out) {
  std::array<char, wire::kTimestampBytes> time;
  wire::format_timestamp(batch.received_at_ms, time.data());
  out.raw(',');
  write_name(out, wire::field::kReceivedAt);
  out.string({time.data(), time.size()});
  if (!batch.clock_skew_ms) return;
  out.raw(',');
  write_name(out, wire::field::kClockSkewMs);
  out.number(*batch.clock_skew_ms);
}

void write_context(const Batch& batch, wire::JsonWriter& out) {
  for (const ContextField& field : batch.context) {
    out.raw(out.size() == 0 ? '{' : ',');
    write_name(out, field.name);
    out.raw(field.value);
  }
  if (out.size() != 0) out.raw('}');
}

std::size_t context_bytes_max(const Batch& batch) noexcept {
  std::size_t bytes = 2;  // braces
  for (const ContextField& field : batch.context) {
    bytes += kEscapeBytes * field.name.size() + field.value.size() + kMemberBytes;
  }
  return bytes;
}

// Stamped, and written before all others.
bool is_stamped(FieldId id) noexcept {
  switch (id) {
    case FieldId::kEventId:
    case FieldId::kCorrelationId:
    case FieldId::kReceivedAt:
    case FieldId::kClockSkewMs:
    case FieldId::kInstallId:
      return true;
    default:
      return false;
  }
}

}  // namespace

RecordWriter::RecordWriter(Batch& batch) : batch_(batch) {
  const std::string_view id = batch.stamped_correlation_id;
  correlation_ = written(batch, kEscapeBytes * id.size() + kMemberBytes,
                         [id](wire::JsonWriter& out) { out.string(id); });
  received_ =
      written(batch, kStampedBytes, [&](wire::JsonWriter& out) { write_received(batch, out); });
  context_ = written(batch, context_bytes_max(batch),
                     [&](wire::JsonWriter& out) { write_context(batch, out); });
}

std::span<const Field> RecordWriter::fields_of(const Event& event) const noexcept {
  return std::span(batch_.fields).subspan(event.fields_begin, event.fields_count);
}

std::size_t RecordWriter::bytes_max(const Event& event) const noexcept {
  std::size_t bytes = kStampedBytes + correlation_.size() + received_.size() + context_.size() +
                      kEscapeBytes * event.install_id.size();
  for (const Field& field : fields_of(event)) {
    const std::size_t per_byte = field.id == FieldId::kOther ? kEscapeBytes : 1;
    bytes += per_byte * field.name.size() + field.value.size() + kMemberBytes;
  }
  return bytes;
}

void RecordWriter::write(const Event& event, wire::JsonWriter& out) const noexcept {
  std::array<char, wire::kUuidTextBytes> id;
  event.event_id.format(id.data());
  out.raw(R"({"eventId":")");
  out.raw({id.data(), id.size()});
  out.raw(R"(","correlationId":)");
  const auto fields = fields_of(event);
  const auto own = std::find_if(fields.begin(), fields.end(), [](const Field& field) {
    return field.id == FieldId::kCorrelationId;
  });
  out.raw(own != fields.end() ? own->value : correlation_);
  out.raw(received_);
  if (!event.install_id.empty()) {
    out.raw(R"(,"installId":)");
    out.string(event.install_id);
  }

  bool context_due = !context_.empty();
  for (const Field& field : fields) {
    if (is_stamped(field.id)) continue;
    out.raw(',');
    if (field.id == FieldId::kOther) {
      write_name(out, field.name);
    } else {
      out.raw('"');
      out.raw(field.name);
      out.raw("\":");
    }
    if (field.id == FieldId::kMetadata && std::exchange(context_due, false)) {
      write_metadata(event, field.value, out);
    } else {
      out.raw(field.value);
    }
  }
  if (context_due) {
    out.raw(R"(,"metadata":)");
    write_metadata(event, "{}", out);
  }
  out.raw('}');
}

void RecordWriter::write_metadata(const Event& event, std::string_view own,
                                  wire::JsonWriter& out) const noexcept {
  out.raw('{');
  const std::size_t begin = out.size();
  const auto replaced = [&](const ContextField& field) { return has_own(event, field); };
  if (event.metadata_count == 0 ||
      std::none_of(batch_.context.begin(), batch_.context.end(), replaced)) {
    out.raw(context_.substr(1, context_.size() - 2));
  } else {
    for (const ContextField& field : batch_.context) {
      if (replaced(field)) continue;
      if (out.size() != begin) out.raw(',');
      write_name(out, field.name);
      out.raw(field.value);
    }
  }
  if (event.metadata_count != 0) {
    if (out.size() != begin) out.raw(',');
    out.raw(own.substr(1, own.size() - 2));
  }
  out.raw('}');
}

bool RecordWriter::has_own(const Event& event, const ContextField& field) const noexcept {
  const auto names =
      std::span(batch_.metadata_names).subspan(event.metadata_begin, event.metadata_count);
  return std::find(names.begin(), names.end(), field.sent_name) != names.end();
}

}  // namespace penstock::gateway
