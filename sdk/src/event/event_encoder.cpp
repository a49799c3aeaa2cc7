#include "event/event_encoder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "event/field_rules.hpp"
#include "privacy/detectors.hpp"
#include "privacy/mask.hpp"
#include "privacy/path_masker.hpp"
#include "wire/event_type.hpp"
#include "wire/field_names.hpp"
#include "wire/identifier.hpp"
#include "wire/limits.hpp"
#include "wire/timestamp.hpp"
#include "wire/trace_context.hpp"

namespace penstock {
namespace {

constexpr const char* kTooLong = "is longer than 256 bytes; use a shorter one";
constexpr const char* kHasControl = "has a control character; remove it";
constexpr const char* kDetail = "detail";
constexpr const char* kMetadataField = "metadata field";
constexpr const char* kNoTraceparent =
    "is not one of W3C Trace Context; it looks like "
    "\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"";

// The shortest run of digits that a detector looks at has 13 as a card; smaller numbers need no
// look.
constexpr std::uint64_t kSmallestNumber = 100'000'000;

std::int64_t unix_milliseconds(std::chrono::system_clock::time_point when) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

privacy::PathRules::State state_of(const privacy::RuleSet& rules, std::string_view field) noexcept {
  return rules.paths().child(rules.paths().root(), field);
}

std::size_t write_text_of(const privacy::RuleSet& rules, const char* field, std::string_view text,
                          wire::JsonWriter& out) noexcept {
  if (rules.paths().empty()) return privacy::write_masked(rules, text, out);
  return privacy::PathMasker(rules, out).write_text(state_of(rules, field), field, text);
}

}  // namespace

std::string Problem::text() const {
  std::string text(field);
  if (place != 0) text += ' ' + std::to_string(place);
  return text + ' ' + rule;
}

Problem write_identifier(const privacy::RuleSet& rules, const char* field, std::string_view text,
                         wire::JsonWriter& out, std::size_t& masked) noexcept {
  if (text.size() > wire::kIdentifierBytesMax) return {field, kTooLong};
  const std::size_t begin = out.size();
  const std::size_t masks = write_text_of(rules, field, text, out);
  const std::size_t written = out.size() - begin;
  masked += masks;
  // A control character would be an escape, which is longer than what came in.
  const bool as_it_came = masks == 0 && written == text.size() + 2;
  if (!as_it_came && wire::has_control_character(text)) return {field, kHasControl};
  // Repaired UTF-8, escapes and masks can be longer than what came in; the gateway's limit holds
  // for them too.
  if (written > wire::kIdentifierBytesMax + 2) return {field, kTooLong};
  return {};
}

EventEncoder::EventEncoder(const privacy::RuleSet& rules, const EventTypes& types) noexcept
    : rules_(rules), types_(types), treat_{treatment_of(rules, wire::field::kUserId),
                                           treatment_of(rules, wire::field::kSessionId),
                                           treatment_of(rules, wire::field::kPageId),
                                           treatment_of(rules, wire::field::kCorrelationId),
                                           treatment_of(rules, wire::field::kActivityType),
                                           treatment_of(rules, wire::field::kRecordId),
                                           treatment_of(rules, wire::field::kAction),
                                           treatment_of(rules, wire::field::kMetadata),
                                           treatment_of(rules, wire::field::kDetails)} {}

EventEncoder::Treatment EventEncoder::treatment_of(const privacy::RuleSet& rules,
                                                   std::string_view field) noexcept {
  if (!rules.paths().empty()) {
    const privacy::PathRules::State state = state_of(rules, field);
    if (!state.dead() || rules.paths().action_of(state) != nullptr) return Treatment::kByRule;
  }
  return rules.removes(field) ? Treatment::kRemoved : Treatment::kMasked;
}

// Writes the members of one event. Remembers the first problem and goes on, so that no caller has
// to branch.
class EventEncoder::Writer {
 public:
  Writer(const privacy::RuleSet& rules, const Event& event, wire::JsonWriter& out) noexcept
      : rules_(rules), event_(event), out_(out) {}

  void custom_type(std::string_view name, const EventTypes& types) noexcept {
    if (!types.contains(name)) {
      note({"eventType",
            "is not one of Options::event_types; name it there, and register its schema with the "
            "gateway"});
    }
    out_.raw(R"({"eventType":")");
    out_.string_part(name);
    out_.raw('"');
  }

  void schema_version(std::uint64_t version) noexcept {
    if (version < 1 || version > wire::kSchemaVersionMax)
      note({"schemaVersion", "is not from 1 to 1000000; give that of the schema"});
    static_assert(wire::kSchemaVersion == 1, "also in the text below");
    if (version == 1) return out_.raw(R"(,"schemaVersion":1)");
    out_.raw(R"(,"schemaVersion":)");
    out_.number(version);
  }

  // `prefix` is all that comes before the value: comma, quoted name, colon.
  void identifier(const char* field, std::string_view prefix, std::string_view text,
                  Treatment treatment) noexcept {
    out_.raw(prefix);
    if (treatment == Treatment::kRemoved) return remove();
    note(write_identifier(rules_, field, text, out_, encoded_.masked));
  }

  // The client's own, written and masked when it was set.
  void known_identifier(std::string_view prefix, std::string_view json,
                        Treatment treatment) noexcept {
    out_.raw(prefix);
    if (treatment == Treatment::kRemoved) return remove();
    out_.raw(json);
  }

  void members(const char* what, std::string_view prefix, const Event::Field* fields,
               std::size_t count) noexcept {
    if (count == 0) return;
    out_.raw(prefix);
    privacy::NameMasks masks;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view name = check_member(what, fields, i);
      out_.raw(i == 0 ? '{' : ',');
      encoded_.masked += privacy::write_masked_name(rules_, name, masks, out_);
      out_.raw(':');
      if (rules_.removes(name)) {
        remove();
      } else {
        value(fields[i]);
      }
    }
    out_.raw('}');
  }

  // The same where rules for paths look into the object `field`.
  void members_by_rule(const char* what, std::string_view prefix, std::string_view field,
                       const Event::Field* fields, std::size_t count) noexcept {
    if (count == 0) return;
    const privacy::PathRules::State object = state_of(rules_, field);
    privacy::PathMasker masker(rules_, out_);
    const bool gone = masker.takes_whole(object);
    out_.raw(prefix);
    out_.raw('{');
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view name = check_member(what, fields, i);
      if (gone) continue;
      if (i != 0) out_.raw(',');
      encoded_.masked += masker.write_name(object, name);
      out_.raw(':');
      value_by_rule(masker, rules_.paths().child(object, name), name, fields[i]);
    }
    out_.raw('}');
    if (gone) ++encoded_.masked;
  }

  void note(const Problem& problem) noexcept {
    if (!encoded_.problem) encoded_.problem = problem;
  }

  EventEncoder::Encoded result() const noexcept { return encoded_; }

 private:
  // Notes what is wrong with it; returns its name.
  std::string_view check_member(const char* what, const Event::Field* fields,
                                std::size_t i) noexcept {
    const std::string_view name = event_.view(fields[i].name);
    if (const char* rule = field_name_rule(name)) note({what, rule, i + 1});
    for (std::size_t before = 0; before < i; ++before) {
      if (event_.view(fields[before].name) == name)
        note({what, "has the name of an earlier one; rename it", i + 1});
    }
    if (fields[i].type == Value::Type::kReal && !std::isfinite(fields[i].real))
      note({what, "is not a finite number; leave it out", i + 1});
    return name;
  }

  void value_by_rule(privacy::PathMasker& masker, const privacy::PathRules::State& state,
                     std::string_view name, const Event::Field& field) noexcept {
    if (field.type == Value::Type::kText) {
      encoded_.masked += masker.write_text(state, name, event_.view(field.text));
    } else if (field.type == Value::Type::kObject || field.type == Value::Type::kArray) {
      encoded_.masked += masker.write(state, name, event_.view(field.text));
    } else {
      char bytes[32];
      wire::JsonWriter plain(bytes, sizeof bytes);
      write_plain(field, plain);
      encoded_.masked += masker.write(state, name, plain.text());
    }
  }

  // A number or a word.
  static void write_plain(const Event::Field& field, wire::JsonWriter& out) noexcept {
    switch (field.type) {
      case Value::Type::kReal:
        return out.number(field.real);
      case Value::Type::kBoolean:
        return out.boolean(field.unsigned_number != 0);
      case Value::Type::kSigned:
        return out.number(field.signed_number);
      case Value::Type::kUnsigned:
        return out.number(field.unsigned_number);
      default:
        return out.null();
    }
  }

  void remove() noexcept {
    out_.string(privacy::kRemovedMask);
    ++encoded_.masked;
  }

  void value(const Event::Field& field) noexcept {
    switch (field.type) {
      case Value::Type::kNull:
        return out_.null();
      case Value::Type::kText:
        encoded_.masked += privacy::write_masked(rules_, event_.view(field.text), out_);
        return;
      case Value::Type::kReal:
        return number(field.real, std::abs(field.real));
      case Value::Type::kBoolean:
        return out_.boolean(field.unsigned_number != 0);
      case Value::Type::kSigned:
        return number(field.signed_number, field.signed_number >= 0
                                               ? static_cast<std::uint64_t>(field.signed_number)
                                               : 0);
      case Value::Type::kUnsigned:
        return number(field.unsigned_number, field.unsigned_number);
      case Value::Type::kObject:
      case Value::Type::kArray:
        encoded_.masked += privacy::write_masked_json(rules_, {}, event_.view(field.text), out_);
        return;
    }
  }

  // A card number is one also when the program holds it as a number.
  template <typename Number, typename Magnitude>
  void number(Number value, Magnitude magnitude) noexcept {
    const std::size_t begin = out_.size();
    out_.number(value);
    if (magnitude < static_cast<Magnitude>(kSmallestNumber)) return;
    const std::string_view digits = out_.text().substr(begin);
    if (const auto finding = privacy::find_personal_data(rules_, digits, 0)) {
      out_.truncate(begin);
      out_.string(privacy::mask_of(finding->kind));
      ++encoded_.masked;
    }
  }

  const privacy::RuleSet& rules_;
  const Event& event_;
  wire::JsonWriter& out_;
  EventEncoder::Encoded encoded_;
};

EventEncoder::Encoded EventEncoder::encode(const Event& event, const Identity::Snapshot& identity,
                                           std::int64_t now_ms,
                                           wire::JsonWriter& out) const noexcept {
  Writer writer(rules_, event, out);
  const std::string_view what = event.view(event.head_.what);
  const bool is_change = event.head_.type == Event::Type::kDatabaseChange;
  const bool is_custom = event.head_.type == Event::Type::kCustom;

  if (is_custom) {
    writer.custom_type(what, types_);
    out.raw(R"(,"timestamp":")");
  } else {
    out.raw(is_change ? R"({"eventType":"DatabaseChange","timestamp":")"
                      : R"({"eventType":"UserActivity","timestamp":")");
  }
  const std::int64_t when_ms = event.head_.has_time ? unix_milliseconds(event.head_.when) : now_ms;
  if (when_ms < 0) writer.note({"timestamp", "is before 1970; check the clock that it comes from"});
  char timestamp[wire::kTimestampBytes];
  wire::format_timestamp(when_ms, timestamp);
  out.raw({timestamp, sizeof timestamp});
  out.raw('"');

  if (!event.view(event.head_.user).empty()) {
    writer.identifier("userId", R"(,"userId":)", event.view(event.head_.user), treat_.user);
  } else if (!identity.user().empty()) {
    writer.known_identifier(R"(,"userId":)", identity.user(), treat_.user);
  }
  if (!event.view(event.head_.session).empty()) {
    writer.identifier("sessionId", R"(,"sessionId":)", event.view(event.head_.session),
                      treat_.session);
  } else if (!identity.session().empty()) {
    writer.known_identifier(R"(,"sessionId":)", identity.session(), treat_.session);
  }
  if (!event.view(event.head_.page).empty()) {
    writer.identifier("pageId", R"(,"pageId":)", event.view(event.head_.page), treat_.page);
  } else if (!identity.page().empty()) {
    writer.known_identifier(R"(,"pageId":)", identity.page(), treat_.page);
  }
  std::string_view correlation = event.view(event.head_.correlation);
  if (!event.view(event.head_.trace).empty()) {
    const auto trace = wire::parse_traceparent(event.view(event.head_.trace));
    if (!trace) writer.note({"traceparent", kNoTraceparent});
    if (trace && correlation.empty()) correlation = trace->trace_id;
  }
  if (!correlation.empty()) {
    writer.identifier("correlationId", R"(,"correlationId":)", correlation, treat_.correlation);
  } else if (!identity.correlation.empty()) {
    writer.known_identifier(R"(,"correlationId":)", identity.correlation, treat_.correlation);
  }

  if (what.empty() && !is_custom)
    writer.note({is_change ? "action" : "activityType", "is empty; say what happened"});
  if (is_change) {
    if (event.view(event.head_.record).empty())
      writer.note({"recordId", "is empty; say which record changed"});
    writer.identifier("recordId", R"(,"recordId":)", event.view(event.head_.record), treat_.record);
    writer.identifier("action", R"(,"action":)", what, treat_.action);
  } else if (!is_custom) {
    writer.identifier("activityType", R"(,"activityType":)", what, treat_.activity);
  }

  if (event.head_.needs_page && event.view(event.head_.page).empty())
    writer.note({"pageId", "is empty; say on which page"});
  if (event.head_.empty_detail != nullptr)
    writer.note({event.head_.empty_detail, "is empty; say which one"});
  if (event.head_.negative_duration)
    writer.note({"details.duration", "is negative; take it from a steady clock"});
  if (event.head_.details > Event::kDetailsMax)
    writer.note({"event", "has more than 16 details; use fewer"});
  if (event.head_.metadata > Event::kMetadataMax)
    writer.note({"event", "has more than 8 metadata fields; use fewer"});
  if (event.head_.bad_value != nullptr) {
    writer.note({event.head_.bad_value_in_details ? kDetail : kMetadataField, event.head_.bad_value,
                 event.head_.bad_value_place});
  }
  const auto members = [&](const char* member, std::string_view prefix, std::string_view field,
                           Treatment treatment, const Event::Field* fields, std::size_t count) {
    if (treatment != Treatment::kByRule) return writer.members(member, prefix, fields, count);
    writer.members_by_rule(member, prefix, field, fields, count);
  };
  members(kMetadataField, R"(,"metadata":)", wire::field::kMetadata, treat_.metadata,
          event.metadata_, std::min<std::size_t>(event.head_.metadata, Event::kMetadataMax));
  members(kDetail, R"(,"details":)", wire::field::kDetails, treat_.details, event.details_,
          std::min<std::size_t>(event.head_.details, Event::kDetailsMax));

  writer.schema_version(event.head_.schema_version);
  out.raw('}');
  Encoded encoded = writer.result();
  encoded.type = type_of(event);
  return encoded;
}

}  // namespace penstock
