#include "json_event.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "privacy/mask.hpp"
#include "wire/bounded_json.hpp"
#include "wire/event_type.hpp"
#include "wire/field_names.hpp"
#include "wire/limits.hpp"
#include "wire/timestamp.hpp"

namespace penstock {
namespace {

using Json = nlohmann::ordered_json;  // fields keep the caller's order

Status invalid(std::string message) { return {StatusCode::kInvalidEvent, std::move(message)}; }

Json parse(std::string_view text, Status& status) {
  wire::DepthBound<Json> bound;
  try {
    Json event = Json::parse(text, std::ref(bound));
    if (bound.exceeded()) {
      status = invalid("the event is nested deeper than 32 levels; flatten it");
    } else if (!event.is_object()) {
      status =
          invalid("the event is no JSON object; it looks like {\"activityType\":\"Click\", …}");
    }
    return event;
  } catch (const Json::parse_error& error) {
    // The library's text quotes the input, which may be personal: only the place is told.
    status = invalid("the event is no valid JSON in UTF-8 at byte " + std::to_string(error.byte) +
                     "; build it with a JSON library");
    return {};
  } catch (const Json::out_of_range&) {
    status = invalid(
        "the event has a number larger than 1.8e308, which no double holds; give it as a text");
    return {};
  }
}

Status check_identifier(const Json& event, std::string_view field, bool required) {
  const auto found = event.find(field);
  if (found == event.end()) {
    if (!required) return {};
    return invalid(std::string(field) + " is missing; say what happened");
  }
  if (!found->is_string())
    return invalid(std::string(field) + " is no text; give it as a JSON string");
  const auto& text = found->get_ref<const std::string&>();
  if (text.empty() || text.size() > wire::kIdentifierBytesMax) {
    return invalid(std::string(field) + " is empty or longer than 256 bytes");
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      return invalid(std::string(field) + " has a control character; remove it");
    }
  }
  return {};
}

// A name that is longer is text that strayed into the names.
bool has_long_name(const Json& value) {
  if (!value.is_structured()) return false;
  for (const auto& [name, member] : value.items()) {
    if (value.is_object() && name.size() > wire::kFieldNameBytesMax) return true;
    if (has_long_name(member)) return true;
  }
  return false;
}

Status check_object(const Json& event, std::string_view field) {
  const auto found = event.find(field);
  if (found == event.end()) return {};
  if (!found->is_object())
    return invalid(std::string(field) + " is no JSON object; it looks like {\"name\":\"value\"}");
  if (found->size() > wire::kEventFieldsMax)
    return invalid(std::string(field) + " has more than 64 fields; nest some of them");
  return {};
}

Status complete_event_type(Json& event) {
  const auto found = event.find(wire::field::kEventType);
  if (found == event.end()) {
    const bool is_change =
        event.contains(wire::field::kRecordId) && event.contains(wire::field::kAction);
    event[std::string(wire::field::kEventType)] =
        is_change ? wire::kDatabaseChange : wire::kUserActivity;
    return {};
  }
  if (found->is_string() && (*found == wire::kUserActivity || *found == wire::kDatabaseChange))
    return {};
  return invalid("eventType is neither \"UserActivity\" nor \"DatabaseChange\"");
}

Status complete_timestamp(Json& event, std::int64_t now_ms) {
  const auto found = event.find(wire::field::kTimestamp);
  if (found == event.end()) {
    std::string text(wire::kTimestampBytes, '\0');
    wire::format_timestamp(now_ms, text.data());
    event[std::string(wire::field::kTimestamp)] = std::move(text);
    return {};
  }
  if (found->is_string()) {
    const auto when = wire::parse_timestamp(found->get_ref<const std::string&>());
    if (when && *when >= 0) return {};
  }
  return invalid("timestamp is no time since 1970 in ISO 8601, as in \"2024-12-08T12:34:56.789Z\"");
}

Status check(Json& event, std::int64_t now_ms) {
  for (const auto reserved : {wire::field::kSeq, wire::field::kEventId, wire::field::kReceivedAt,
                              wire::field::kClockSkewMs, wire::field::kInstallId}) {
    event.erase(std::string(reserved));
  }
  if (event.size() > wire::kEventFieldsMax - 8)
    return invalid("the event has more than 56 fields; put some into details");
  if (has_long_name(event))
    return invalid("the name of a field is longer than 128 bytes; put text into the value instead");
  if (Status status = complete_event_type(event); !status) return status;
  if (Status status = complete_timestamp(event, now_ms); !status) return status;
  const bool is_change = event[std::string(wire::field::kEventType)] == wire::kDatabaseChange;
  for (const auto& [field, required] : {std::pair{wire::field::kActivityType, !is_change},
                                        {wire::field::kRecordId, is_change},
                                        {wire::field::kAction, is_change},
                                        {wire::field::kUserId, false},
                                        {wire::field::kSessionId, false},
                                        {wire::field::kPageId, false},
                                        {wire::field::kCorrelationId, false}}) {
    if (Status status = check_identifier(event, field, required); !status) return status;
  }
  if (Status status = check_object(event, wire::field::kMetadata); !status) return status;
  return check_object(event, wire::field::kDetails);
}

wire::TypeId type_of(const Json& event) {
  for (const auto field : {wire::field::kActivityType, wire::field::kAction}) {
    const auto found = event.find(field);
    if (found != event.end() && found->is_string())
      return wire::type_id_of(found->get_ref<const std::string&>());
  }
  return wire::TypeId::kOther;
}

// The snapshot holds JSON strings that are valid because the client wrote them.
void complete_identity(Json& event, const Identity::Snapshot& identity) {
  if (!identity.user().empty() && !event.contains(wire::field::kUserId)) {
    event[std::string(wire::field::kUserId)] = Json::parse(identity.user());
  }
  if (!identity.session().empty() && !event.contains(wire::field::kSessionId)) {
    event[std::string(wire::field::kSessionId)] = Json::parse(identity.session());
  }
}

}  // namespace

Status write_json_event(const privacy::RuleSet& rules, const Identity::Snapshot& identity,
                        std::int64_t now_ms, std::string_view text, wire::JsonWriter& out,
                        std::size_t& masked, wire::TypeId& type) {
  Status status;
  Json event = parse(text, status);
  if (!status) return status;
  type = type_of(event);
  if (status = check(event, now_ms); !status) return status;
  complete_identity(event, identity);
  const auto version = event.find(wire::field::kSchemaVersion);
  if (version == event.end()) {
    event[std::string(wire::field::kSchemaVersion)] = wire::kSchemaVersion;
  } else if (!version->is_number_unsigned() || *version < 1 || *version > wire::kSchemaVersionMax) {
    return invalid("schemaVersion is no whole number from 1 to 1000000");
  }
  masked += privacy::write_masked_json(rules, "", event.dump(), out);
  return {};
}

}  // namespace penstock
