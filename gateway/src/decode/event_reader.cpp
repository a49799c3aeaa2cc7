#include "event_reader.hpp"

#include <string>
#include <utility>

#include "field_id.hpp"
#include "json_text.hpp"

namespace penstock::gateway {
namespace {

// The first problem is the one to tell.
void reject(Event& event, wire::RejectCode code, std::string pointer, std::string message) {
  if (!event.reject) event.reject = Reject{code, std::move(pointer), std::move(message)};
}

std::string pointer_to(std::string_view known_name) { return "/" + std::string(known_name); }

std::string at_most(std::size_t count, std::string_view what) {
  return "expected at most " + std::to_string(count) + " " + std::string(what);
}

}  // namespace

std::string_view unescaped_text(const JsonText& text, Batch& batch) {
  if (!text.escaped) return text.raw;
  const LeasedForNow copy(batch.memory.lease(), text.raw.size());
  std::string unescaped;
  unescape(text.raw, unescaped);
  char* const kept = batch.allocate(unescaped.size());
  unescaped.copy(kept, unescaped.size());
  return {kept, unescaped.size()};
}

bool EventReader::read(JsonWalker& walker) {
  Event& event = batch_.events.emplace_back();
  event.index = static_cast<std::uint32_t>(batch_.events.size() - 1);
  event.fields_begin = static_cast<std::uint32_t>(batch_.fields.size());
  event.metadata_begin = static_cast<std::uint32_t>(batch_.metadata_names.size());

  const std::size_t begin = walker.offset();
  const std::size_t depth_around = walker.allow_depth(limits_.depth);
  if (walker.next() == '{') {
    if (!read_members(walker, event)) return false;
  } else {
    JsonValue value;
    if (!walker.value(value)) return false;
    reject(event, wire::RejectCode::kMalformedJson, "",
           "expected an event, which is a JSON object");
  }
  walker.allow_depth(depth_around);

  event.raw = walker.since(begin);
  event.well_formed = event.raw.size() <= limits_.event_bytes;
  if (!event.well_formed) {
    event.reject.reset();
    reject(event, wire::RejectCode::kTooLarge, "", at_most(limits_.event_bytes, "bytes"));
  }
  if (event.reject) forget_fields(event);
  return true;
}

void EventReader::add_broken(std::string_view raw, Reject reject) {
  Event& event = batch_.events.emplace_back();
  event.index = static_cast<std::uint32_t>(batch_.events.size() - 1);
  event.raw = raw;
  event.reject = std::move(reject);
}

bool EventReader::read_members(JsonWalker& walker, Event& event) {
  seen_ = 0;
  std::size_t count = 0;
  return walker.object([&](const JsonText& text) {
    const std::string_view name = unescaped_text(text, batch_);
    const FieldId id = field_id(name);
    JsonValue value;
    const bool metadata = id == FieldId::kMetadata && walker.next() == '{';
    if (metadata ? !read_metadata(walker, event, value) : !walker.value(value)) return false;

    if (++count > limits_.fields) {
      reject(event, wire::RejectCode::kTooManyFields, "", at_most(limits_.fields, "fields"));
    } else if (!is_new(id, name, event)) {
      // Only known names are repeated to whoever reads the answer or the dead letter.
      reject(event, wire::RejectCode::kDuplicateField,
             id == FieldId::kOther ? std::string() : pointer_to(name), "expected each field once");
    } else {
      add_field(id, name, value, event);
    }
    return true;
  });
}

bool EventReader::read_metadata(JsonWalker& walker, Event& event, JsonValue& value) {
  const std::size_t begin = walker.offset();
  value.kind = JsonKind::kObject;
  std::size_t count = 0;
  JsonValue inner;
  const bool ok = walker.object([&](const JsonText& name) {
    if (++count <= limits_.fields) {
      batch_.metadata_names.push_back(unescaped_text(name, batch_));
      ++event.metadata_count;
    }
    return walker.value(inner);
  });
  if (!ok) return false;
  value.raw = walker.since(begin);
  if (count > limits_.fields) {
    reject(event, wire::RejectCode::kTooManyFields, pointer_to(wire::field::kMetadata),
           at_most(limits_.fields, "fields"));
  }
  return true;
}

bool EventReader::is_new(FieldId id, std::string_view name, const Event& event) noexcept {
  if (id != FieldId::kOther) {
    const std::uint32_t bit = std::uint32_t{1} << static_cast<unsigned>(id);
    return (std::exchange(seen_, seen_ | bit) & bit) == 0;
  }
  for (std::uint32_t i = 0; i < event.fields_count; ++i) {
    if (batch_.fields[event.fields_begin + i].name == name) return false;
  }
  return true;
}

void EventReader::add_field(FieldId id, std::string_view name, const JsonValue& value,
                            Event& event) {
  if (id != FieldId::kOther && value.kind == JsonKind::kNull)
    return;  // many writers' "there is none"
  Field& field = batch_.fields.emplace_back();
  field.id = id;
  field.kind = value.kind;
  field.name = name;
  field.value = value.raw;
  if (value.kind == JsonKind::kString && id != FieldId::kOther) {
    field.text = unescaped_text(value.text, batch_);
  }
  ++event.fields_count;
}

void EventReader::forget_fields(Event& event) {
  batch_.fields.resize(event.fields_begin);
  batch_.metadata_names.resize(event.metadata_begin);
  event.fields_count = 0;
  event.metadata_count = 0;
}

}  // namespace penstock::gateway
