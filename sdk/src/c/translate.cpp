// Events from C, and what a client says to C.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>

#include "c/handles.hpp"

namespace penstock::c {
namespace {

// More than any text that is taken, and less than what a negative number looks like as a size.
constexpr std::size_t kTextBytesMax = 16 * 1024 * 1024;
// What system_clock counts, in nanoseconds: until 2262.
constexpr std::int64_t kTimeMsMax =
    std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds::max()).count();

std::chrono::system_clock::time_point to_time(std::int64_t time_ms) {
  if (time_ms > kTimeMsMax) {
    throw BadArgument{
        "event.time_ms is after the year 2262; give milliseconds since 1970, not micro- or "
        "nanoseconds"};
  }
  // All times before 1970 are refused alike.
  return std::chrono::system_clock::time_point(
      std::chrono::milliseconds(std::max<std::int64_t>(time_ms, -1)));
}

// Calls add(name, value) for each. Of more than `most`, none is looked at, since their count may be
// no count at all: that one too many is added lets track() refuse the event.
template <typename Add>
void add_fields(std::span<const penstock_detail> fields, std::size_t most, Add add) {
  if (fields.size() > most) {
    for (std::size_t i = 0; i <= most; ++i) add(std::string_view(), Value());
    return;
  }
  for (const auto& field : fields) add(view(field.name), to_value(field));
}

std::uint32_t to_schema_version(std::uint64_t version) noexcept {
  if (version == 0) return 1;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(version, UINT32_MAX));  // refused later
}

// The event by its kind and name; page, record and the rest come after.
Event make_event(const penstock_event& event) {
  const std::string_view name = view(event.name);
  const std::string_view record = view(event.record_id);
  switch (event.kind) {
    case PENSTOCK_ACTIVITY:
      return Event::activity(name);
    case PENSTOCK_SESSION_START:
      return Event::session_start();
    case PENSTOCK_SESSION_END:
      return Event::session_end();
    case PENSTOCK_PAGE_START:
      return Event::page_start({});
    case PENSTOCK_PAGE_END:
      return Event::page_end({});
    case PENSTOCK_PAGE_VIEW:
      return Event::page_view({});
    case PENSTOCK_CLICK:
      return Event::click({}, name);
    case PENSTOCK_FORM_SUBMISSION:
      return Event::form_submission({}, name);
    case PENSTOCK_PROCESS_COMPLETION:
      return Event::process_completion(name);
    case PENSTOCK_ERROR:
      return Event::error(name);
    case PENSTOCK_RECORD_APPROVED:
      return Event::record_approved(record);
    case PENSTOCK_RECORD_DENIED:
      return Event::record_denied(record);
    case PENSTOCK_RECORD_RETURNED:
      return Event::record_returned(record);
    case PENSTOCK_RECORD_CHANGED:
      return Event::record_changed(record, name);
    case PENSTOCK_CUSTOM:
      return Event::custom(name, to_schema_version(event.schema_version));
    default:
      throw BadArgument{"event.kind must be one of the PENSTOCK_ event kinds"};
  }
}

}  // namespace

Value to_value(const penstock_detail& detail) {
  switch (detail.type) {
    case PENSTOCK_VALUE_NULL:
      return {};
    case PENSTOCK_VALUE_TEXT:
      return view(detail.text);
    case PENSTOCK_VALUE_INTEGER:
      return detail.integer;
    case PENSTOCK_VALUE_REAL:
      return detail.real;
    case PENSTOCK_VALUE_BOOLEAN:
      return detail.integer != 0;
    default:
      throw BadArgument{"a detail's type must be one of the PENSTOCK_VALUE_ values"};
  }
}

Event::Outcome to_outcome(penstock_outcome outcome) {
  if (outcome == PENSTOCK_OUTCOME_SUCCESS) return Event::Outcome::kSuccess;
  if (outcome == PENSTOCK_OUTCOME_FAILURE) return Event::Outcome::kFailure;
  throw BadArgument{"outcome must be one of the PENSTOCK_OUTCOME_ values"};
}

ObjectBuilder& object_of(const penstock_object* object) {
  return live(object_handles, object, "object is NULL",
              "the handle is no object's, or the object was freed");
}

Flow& flow_of(const penstock_flow* flow) {
  return live(flow_handles, flow, "flow is NULL", "the handle is no flow's, or the flow was freed");
}

std::string_view view(const char* data, std::size_t size) {
  if (data == nullptr && size != 0) throw BadArgument{"a text is NULL but has a size"};
  if (size > kTextBytesMax)
    throw BadArgument{"a text's size is larger than 16 MiB; is it the number of its bytes?"};
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

std::string_view view(const penstock_text& text) { return view(text.data, text.size); }

Event to_event(const penstock_event& from) {
  Event event = make_event(from);
  event.page(view(from.page_id)).user(view(from.user_id)).session(view(from.session_id));
  event.trace(view(from.traceparent));
  if (from.flow != nullptr && from.correlation_id.size == 0 && from.traceparent.size == 0) {
    event.correlation(flow_of(from.flow).correlation_id());
  } else {
    event.correlation(view(from.correlation_id));
  }
  if (from.time_ms != 0) event.at(to_time(from.time_ms));
  if (from.duration_ms != PENSTOCK_NO_DURATION)
    event.duration(std::chrono::milliseconds(from.duration_ms));
  if (from.outcome != PENSTOCK_OUTCOME_NONE) event.outcome(to_outcome(from.outcome));
  add_fields(array_of(from.details, from.details_count, "event.details is NULL but has a count"),
             Event::kDetailsMax,
             [&event](std::string_view name, Value value) { event.detail(name, value); });
  add_fields(array_of(from.metadata, from.metadata_count, "event.metadata is NULL but has a count"),
             Event::kMetadataMax,
             [&event](std::string_view name, Value value) { event.metadata(name, value); });
  if (from.details_object != nullptr) {
    for (const auto& [name, value] : object_of(from.details_object).members())
      event.detail(name, value);
  }
  if (from.metadata_object != nullptr) {
    for (const auto& [name, value] : object_of(from.metadata_object).members())
      event.metadata(name, value);
  }
  return event;
}

namespace {

void copy_text(std::string_view from, char* to, std::size_t capacity) noexcept {
  const std::size_t size = std::min(from.size(), capacity - 1);
  std::memcpy(to, from.data(), size);
  to[size] = '\0';
}

}  // namespace

void fill_stats(const Stats& from, penstock_stats& to) noexcept {
  to.recorded = from.recorded;
  to.adopted = from.adopted;
  to.acknowledged = from.acknowledged;
  to.rejected = from.rejected;
  to.pending = from.pending;
  to.dropped_invalid = from.dropped_invalid;
  to.dropped_too_large = from.dropped_too_large;
  to.dropped_storage_full = from.dropped_storage_full;
  to.dropped_io_error = from.dropped_io_error;
  to.dropped_out_of_memory = from.dropped_out_of_memory;
  to.dropped_not_allowed = from.dropped_not_allowed;
  to.dropped_too_large_for_gateway = from.dropped_too_large_for_gateway;
  to.dropped_expired = from.dropped_expired;
  to.dropped_consent_denied = from.dropped_consent_denied;
  to.dropped_forgotten = from.dropped_forgotten;
  to.torn = from.torn;
  to.misused = from.misused;
  to.masked = from.masked;
  to.batches_sent = from.batches_sent;
  to.retries = from.retries;
  to.bytes_sent = from.bytes_sent;
  to.disk_bytes = from.disk_bytes;
  to.last_seq = from.last_seq;
  copy_text(from.install_id, to.install_id, sizeof to.install_id);
  to.sender = static_cast<penstock_sender_state>(from.sender);
  copy_text(from.sender_message, to.sender_message, sizeof to.sender_message);
}

}  // namespace penstock::c
