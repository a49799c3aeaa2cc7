#include "event_id.hpp"

#include <span>
#include <string_view>

#include "name_builder.hpp"
#include "wire/identifier.hpp"

namespace penstock::gateway {
namespace {

struct Names {
  std::string_view install_id, event_id;
};

Names names_of(const Batch& batch, const Event& event) noexcept {
  Names names{batch.install_id, {}};
  for (const Field& field :
       std::span(batch.fields).subspan(event.fields_begin, event.fields_count)) {
    if (field.id != FieldId::kInstallId && field.id != FieldId::kEventId) continue;
    if (!wire::is_identifier(field.text)) continue;  // of an event that is rejected for it
    (field.id == FieldId::kInstallId ? names.install_id : names.event_id) = field.text;
  }
  return names;
}

}  // namespace

wire::Uuid event_id(const Batch& batch, const Event& event) noexcept {
  const Names names = names_of(batch, event);
  NameBuilder builder;
  if (!names.install_id.empty() && event.seq != 0) {
    builder.text(names.install_id).text(":").number(event.seq);
  } else if (!names.event_id.empty()) {
    builder.text("event\n").text(names.event_id);
  } else if (!batch.idempotency_key.empty()) {
    builder.text("key\n").text(batch.idempotency_key).text("\n").number(event.index);
  } else {
    return wire::time_uuid(batch.received_at_ms);
  }
  return wire::name_uuid(batch.client->name_space, builder.name());
}

}  // namespace penstock::gateway
