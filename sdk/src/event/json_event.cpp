#include "event/json_event.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "event/json_members.hpp"
#include "privacy/json_scan.hpp"
#include "privacy/mask.hpp"
#include "privacy/path_masker.hpp"
#include "wire/event_type.hpp"
#include "wire/field_names.hpp"
#include "wire/identifier.hpp"
#include "wire/json_reader.hpp"
#include "wire/limits.hpp"
#include "wire/timestamp.hpp"
#include "wire/utf8.hpp"

namespace penstock {
namespace {

using wire::JsonValue;

// Apart, so that each call is small: the parts make one message.
[[gnu::cold, gnu::noinline]] Status invalid(std::string_view begin, std::string_view middle = {},
                                            std::string_view end = {}) {
  std::string message;
  for (const std::string_view part : {begin, middle, end}) message += part;
  return {StatusCode::kInvalidEvent, std::move(message)};
}

// As it may be shown: a name may be personal.
std::string shown(const privacy::RuleSet& rules, const std::string& name) {
  std::string text(6 * name.size() + 64, '\0');
  wire::JsonWriter out(text.data(), text.size());
  privacy::write_masked(rules, name, out);
  return std::string(out.text());
}

Status read(const privacy::RuleSet& rules, std::string_view text, JsonMembers& event) {
  const wire::JsonFault fault = wire::read_json(text, event);
  switch (fault.kind) {
    case wire::JsonFault::Kind::kNone:
      break;
    case wire::JsonFault::Kind::kInvalid:  // only the place is told: the input may be personal
      return invalid("the event is not valid JSON at byte ", std::to_string(fault.byte),
                     "; build it with a JSON library");
    case wire::JsonFault::Kind::kTooDeep:
      return invalid("the event is nested deeper than 32 levels; flatten it");
    case wire::JsonFault::Kind::kHugeNumber:
      return invalid(
          "the event has a number larger than 1.8e308, which no double holds; give it as a text");
  }
  if (!event.is_object())
    return invalid("the event must be a JSON object, as in {\"activityType\":\"Click\", …}");
  if (event.twice())
    return invalid("the event has the field ", shown(rules, *event.twice()),
                   " twice; give each name once");
  return {};
}

Status check_identifier(const JsonMembers& event, std::string_view field, bool required) {
  const JsonMember* const found = event.find(field);
  if (found == nullptr) {
    if (!required) return {};
    return invalid(field, " is missing; say what happened");
  }
  if (!found->is_text()) return invalid(field, " must be a text: give it as a JSON string");
  switch (wire::check_identifier(found->text)) {
    case wire::IdentifierFault::kNone:
      return {};
    case wire::IdentifierFault::kEmpty:
    case wire::IdentifierFault::kTooLong:
      return invalid(field, " is empty or longer than 256 bytes");
    case wire::IdentifierFault::kControlCharacter:
      break;
  }
  return invalid(field, " has a control character; remove it");
}

Status check_object(const JsonMembers& event, std::string_view field) {
  const JsonMember* const found = event.find(field);
  if (found == nullptr) return {};
  if (found->kind != JsonValue::Kind::kObject)
    return invalid(field, " must be a JSON object, as in {\"name\":\"value\"}");
  if (found->members > wire::kEventFieldsMax)
    return invalid(field, " has more than 64 fields; nest some of them");
  return {};
}

// `json`: the value. `members`: empty, or '{' and those so far.
[[gnu::noinline]] void append_member(std::string& members, std::string_view name,
                                     std::string_view json) {
  members += members.empty() ? "{\"" : ",\"";
  members += name;
  members += "\":";
  members += json;
}

Status complete_event_type(JsonMembers& event, const EventTypes& types, std::string& members) {
  const JsonMember* const found = event.find(wire::field::kEventType);
  if (found == nullptr) {
    const bool is_change =
        event.contains(wire::field::kRecordId) && event.contains(wire::field::kAction);
    const std::string_view type = is_change ? wire::kDatabaseChange : wire::kUserActivity;
    event.all().push_back(
        {std::string(wire::field::kEventType), JsonValue::Kind::kText, 0, std::string(type)});
    append_member(members, wire::field::kEventType, '"' + std::string(type) + '"');
    return {};
  }
  if (found->is_text()) {
    const auto& name = found->text;
    if (name == wire::kUserActivity || name == wire::kDatabaseChange || types.contains(name))
      return {};
  }
  return invalid(
      "eventType is neither \"UserActivity\" nor \"DatabaseChange\", nor one of "
      "Options::event_types");
}

Status complete_timestamp(const JsonMembers& event, std::int64_t now_ms, std::string& members) {
  const JsonMember* const found = event.find(wire::field::kTimestamp);
  if (found == nullptr) {
    std::string text(wire::kTimestampBytes, '\0');
    wire::format_timestamp(now_ms, text.data());
    append_member(members, wire::field::kTimestamp, '"' + text + '"');
    return {};
  }
  if (found->is_text()) {
    const auto when = wire::parse_timestamp(found->text);
    if (when && *when >= 0) return {};
  }
  return invalid(
      "timestamp must be a time since 1970 in ISO 8601, as in \"2024-12-08T12:34:56.789Z\"");
}

constexpr std::array kReserved{wire::field::kSeq, wire::field::kEventId, wire::field::kReceivedAt,
                               wire::field::kClockSkewMs, wire::field::kInstallId};
constexpr std::array kKnown{
    wire::field::kEventType,     wire::field::kTimestamp, wire::field::kActivityType,
    wire::field::kRecordId,      wire::field::kAction,    wire::field::kUserId,
    wire::field::kSessionId,     wire::field::kPageId,    wire::field::kCorrelationId,
    wire::field::kSchemaVersion, wire::field::kMetadata,  wire::field::kDetails};

bool is_left_out(const JsonMember& member) {
  const auto is_one_of = [&member](const auto& names) {
    return std::find(names.begin(), names.end(), member.name) != names.end();
  };
  return is_one_of(kReserved) || (member.kind == JsonValue::Kind::kNull && is_one_of(kKnown));
}

// JSON text without white space between its tokens: a record has no control characters.
void append_compact(std::string& to, std::string_view json) {
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = privacy::string_end(json, at) + 1;
      to += json.substr(at, end - at);
      at = end;
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') to += c;
    ++at;
  }
}

// The members of `text`, whose values are those of `event`, as they came: numbers keep their
// digits. Those that are left out go from `event` too.
std::string take_members(std::string_view text, JsonMembers& event) {
  std::string members;
  members.reserve(text.size());
  std::size_t at = text.find('{') + 1;
  for (const JsonMember& member : event.all()) {
    const std::size_t name_begin = text.find('"', at);
    const std::size_t name_end = privacy::string_end(text, name_begin) + 1;
    const std::size_t colon = text.find(':', name_end);
    const std::size_t value_begin = privacy::skip_space(text, colon + 1);
    at = privacy::value_end(text, value_begin);
    if (is_left_out(member)) continue;
    members += members.empty() ? '{' : ',';
    members += text.substr(name_begin, name_end - name_begin);
    members += ':';
    append_compact(members, text.substr(value_begin, at - value_begin));
  }
  std::erase_if(event.all(), is_left_out);
  return members;
}

Status check(JsonMembers& event, const EventTypes& types, std::int64_t now_ms,
             std::string& members) {
  if (event.all().size() > wire::kEventFieldsMax - 8)
    return invalid("the event has more than 56 fields; put some into details");
  if (std::any_of(event.all().begin(), event.all().end(),
                  [](const JsonMember& member) { return member.has_long_name; }))
    return invalid("the name of a field is longer than 128 bytes; put text into the value instead");
  if (Status status = complete_event_type(event, types, members); !status) return status;
  if (Status status = complete_timestamp(event, now_ms, members); !status) return status;
  const std::string& event_type = event.find(wire::field::kEventType)->text;
  const bool is_change = event_type == wire::kDatabaseChange;
  const bool is_activity = event_type == wire::kUserActivity;
  for (const auto& [field, required] : {std::pair{wire::field::kActivityType, is_activity},
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

wire::TypeId type_of(const JsonMembers& event, const EventTypes& types) {
  const JsonMember* const event_type = event.find(wire::field::kEventType);
  if (event_type != nullptr && event_type->is_text() && types.contains(event_type->text))
    return wire::TypeId::kOther;
  for (const auto field : {wire::field::kActivityType, wire::field::kAction}) {
    const JsonMember* const found = event.find(field);
    if (found != nullptr && found->is_text()) return wire::type_id_of(found->text);
  }
  return wire::TypeId::kOther;
}

// The snapshot holds JSON strings that are valid because the client wrote them.
void complete_identity(const JsonMembers& event, const Identity::Snapshot& identity,
                       std::string& members) {
  if (!identity.user().empty() && !event.contains(wire::field::kUserId))
    append_member(members, wire::field::kUserId, identity.user());
  if (!identity.session().empty() && !event.contains(wire::field::kSessionId))
    append_member(members, wire::field::kSessionId, identity.session());
  if (!identity.page().empty() && !event.contains(wire::field::kPageId))
    append_member(members, wire::field::kPageId, identity.page());
  if (!identity.correlation.empty() && !event.contains(wire::field::kCorrelationId))
    append_member(members, wire::field::kCorrelationId, identity.correlation);
}

// Bytes that are not UTF-8 become U+FFFD, as in typed events.
std::string repaired(std::string_view text) {
  std::string valid;
  valid.reserve(text.size() + 16);
  while (!text.empty()) {
    const wire::Utf8Step step = wire::utf8_step(text);
    valid += step.valid ? text.substr(0, step.bytes) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(step.bytes);
  }
  return valid;
}

}  // namespace

Status write_json_event(const privacy::RuleSet& rules, const EventTypes& types,
                        const Identity::Snapshot& identity, std::int64_t now_ms,
                        std::string_view text, wire::JsonWriter& out, std::size_t& masked,
                        wire::TypeId& type) {
  std::string valid;
  if (!wire::is_utf8(text)) text = valid = repaired(text);
  JsonMembers event;
  if (Status status = read(rules, text, event); !status) return status;
  std::string members = take_members(text, event);
  type = type_of(event, types);
  if (Status status = check(event, types, now_ms, members); !status) return status;
  complete_identity(event, identity, members);
  const JsonMember* const version = event.find(wire::field::kSchemaVersion);
  if (version == nullptr) {
    append_member(members, wire::field::kSchemaVersion, std::to_string(wire::kSchemaVersion));
  } else if (version->kind != JsonValue::Kind::kUnsigned || version->number < 1 ||
             version->number > wire::kSchemaVersionMax) {
    return invalid("schemaVersion must be a whole number from 1 to 1000000");
  }
  members += '}';
  masked += rules.paths().empty() ? privacy::write_masked_json(rules, "", members, out)
                                  : privacy::PathMasker(rules, out).write_event(members);
  return {};
}

}  // namespace penstock
