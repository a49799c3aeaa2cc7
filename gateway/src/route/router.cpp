#include "router.hpp"

#include <cstring>
#include <span>
#include <string_view>

#include "wire/event_type.hpp"
#include "wire/topics.hpp"

namespace penstock::gateway {
namespace {

// What the route depends on.
struct Routed {
  std::string_view type, user_id, record_id, version;
};

Routed routed_fields(const Batch& batch, const Event& event) noexcept {
  Routed routed;
  for (const Field& field :
       std::span(batch.fields).subspan(event.fields_begin, event.fields_count)) {
    if (field.id == FieldId::kEventType) routed.type = field.text;
    if (field.id == FieldId::kUserId) routed.user_id = field.text;
    if (field.id == FieldId::kRecordId) routed.record_id = field.text;
    if (field.id == FieldId::kSchemaVersion) routed.version = field.value;
  }
  return routed;
}

std::string_view key_of(const Event& event, const Routed& routed) noexcept {
  if (event.reject) return event.install_id;  // its own fields are neither checked nor masked
  if (!routed.user_id.empty()) return routed.user_id;
  return routed.type == wire::kDatabaseChange ? routed.record_id : event.install_id;
}

std::string_view schema_of(Batch& batch, const Routed& routed) {
  static_assert(wire::kSchemaVersion == 1, "also in the text below");
  const bool first = routed.version.empty() || routed.version == "1";
  if (first && routed.type == wire::kUserActivity) return "UserActivity/1";
  if (first && routed.type == wire::kDatabaseChange) return "DatabaseChange/1";
  const std::string_view version = first ? "1" : routed.version;
  const std::size_t bytes = routed.type.size() + 1 + version.size();
  char* const schema = batch.allocate(bytes);
  std::memcpy(schema, routed.type.data(), routed.type.size());
  schema[routed.type.size()] = '/';
  std::memcpy(schema + routed.type.size() + 1, version.data(), version.size());
  return {schema, bytes};
}

}  // namespace

Router::Router(const std::string& topic_prefix, const std::vector<std::string>& custom_types)
    : user_activity_(topic_prefix + std::string(wire::kTopicUserActivity)),
      db_changes_(topic_prefix + std::string(wire::kTopicDbChanges)),
      custom_events_(topic_prefix + std::string(wire::kTopicCustomEvents)),
      custom_types_(custom_types.begin(), custom_types.end()) {}

void Router::apply(Batch& batch) const {
  for (Event& event : batch.events) route(batch, event);
}

void Router::route(Batch& batch, Event& event) const {
  const Routed routed = routed_fields(batch, event);
  event.key = key_of(event, routed);
  if (routed.type == wire::kUserActivity) event.topic = user_activity_;
  if (routed.type == wire::kDatabaseChange) event.topic = db_changes_;
  if (custom_types_.contains(routed.type)) event.topic = custom_events_;
  if (!event.reject) event.schema = schema_of(batch, routed);
}

}  // namespace penstock::gateway
