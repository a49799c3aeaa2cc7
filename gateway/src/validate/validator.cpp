#include "validator.hpp"

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "wire/event_type.hpp"
#include "wire/field_names.hpp"
#include "wire/identifier.hpp"
#include "wire/limits.hpp"
#include "wire/timestamp.hpp"

namespace penstock::gateway {
namespace {

using wire::RejectCode;

constexpr std::uint32_t bit(FieldId id) noexcept {
  return std::uint32_t{1} << static_cast<unsigned>(id);
}

// A whole number from 1 to `max`, in digits alone; 0 if it is anything else.
std::uint64_t whole_number(const Field& field, std::uint64_t max) noexcept {
  std::uint64_t number = 0;
  const char* const begin = field.value.data();
  const char* const end = begin + field.value.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  return field.kind == JsonKind::kNumber && error == std::errc() && stop == end && number <= max
             ? number
             : 0;
}

bool is_standard(std::string_view type) noexcept {
  return type == wire::kUserActivity || type == wire::kDatabaseChange;
}

// One event against the rules of its type.
class Check {
 public:
  Check(Event& event, const SchemaRegistry* schemas) noexcept : event_(event), schemas_(schemas) {}

  void field(const Field& field) {
    seen_ |= bit(field.id);
    switch (field.id) {
      case FieldId::kEventType:
        return event_type(field);
      case FieldId::kTimestamp:
        return timestamp(field);
      case FieldId::kSeq:
        return seq(field);
      case FieldId::kSchemaVersion:
        return schema_version(field);
      case FieldId::kMetadata:
      case FieldId::kDetails:
        return object(field);
      case FieldId::kUserId:
      case FieldId::kSessionId:
      case FieldId::kPageId:
      case FieldId::kActivityType:
      case FieldId::kRecordId:
      case FieldId::kAction:
      case FieldId::kCorrelationId:
      case FieldId::kInstallId:
      case FieldId::kEventId:
        return identifier(field);
      case FieldId::kReceivedAt:
      case FieldId::kClockSkewMs:
      case FieldId::kOther:
        return;  // replaced, or the client's own
    }
  }

  void required() {
    require(FieldId::kEventType, wire::field::kEventType);
    require(FieldId::kTimestamp, wire::field::kTimestamp);
    if (type_ == wire::kUserActivity) require(FieldId::kActivityType, wire::field::kActivityType);
    if (type_ == wire::kDatabaseChange) {
      require(FieldId::kRecordId, wire::field::kRecordId);
      require(FieldId::kAction, wire::field::kAction);
    }
  }

  void version() {
    if (is_custom(type_) && !schemas_->knows(type_, version_)) {
      reject(RejectCode::kUnknownSchemaVersion, wire::field::kSchemaVersion,
             "expected a version of this type that has a schema here");
    }
  }

 private:
  void reject(RejectCode code, std::string_view field, const char* expected) {
    if (!event_.reject) event_.reject = Reject{code, "/" + std::string(field), expected};
  }
  void require(FieldId id, std::string_view name) {
    if ((seen_ & bit(id)) == 0) reject(RejectCode::kMissingField, name, "expected this field");
  }
  bool text(const Field& field) {
    if (field.kind == JsonKind::kString) return true;
    reject(RejectCode::kWrongType, field.name, "expected a string");
    return false;
  }

  void event_type(const Field& field) {
    if (!text(field)) return;
    type_ = field.text;
    if (is_standard(type_) || is_custom(type_)) return;
    reject(RejectCode::kUnknownEventType, field.name,
           "expected UserActivity, DatabaseChange or a type that has a schema here");
  }
  void timestamp(const Field& field) {
    if (!text(field)) return;
    const auto when = wire::parse_timestamp(field.text);
    if (when) {
      event_.timestamp_ms = *when;
    } else {
      reject(RejectCode::kInvalidTimestamp, field.name,
             "expected an ISO 8601 time, as in 2024-12-08T12:34:56.789Z");
    }
  }
  void seq(const Field& field) {
    event_.seq = whole_number(field, wire::kSeqMax);
    if (event_.seq != 0) return;
    reject(RejectCode::kInvalidSeq, field.name,
           "expected a whole number from 1 to 9007199254740991");
  }
  void schema_version(const Field& field) {
    version_ = whole_number(field, wire::kSchemaVersionMax);
    if (version_ != 0) return;
    reject(RejectCode::kWrongType, field.name, "expected a whole number from 1 to 1000000");
  }
  void object(const Field& field) {
    if (field.kind == JsonKind::kObject) return;
    reject(RejectCode::kWrongType, field.name, "expected an object");
  }
  void identifier(const Field& field) {
    if (!text(field) || wire::is_identifier(field.text)) return;
    reject(RejectCode::kInvalidIdentifier, field.name,
           "expected 1 to 256 bytes without control characters");
  }

  bool is_custom(std::string_view type) const {
    return schemas_ != nullptr && schemas_->knows_type(type);
  }

  Event& event_;
  const SchemaRegistry* schemas_;
  std::string_view type_;
  std::uint64_t version_ = wire::kSchemaVersion;
  std::uint32_t seen_ = 0;
};

}  // namespace

void Validator::check(Batch& batch) const {
  for (Event& event : batch.events) {
    if (event.reject) continue;
    Check check(event, schemas_);
    for (const Field& field :
         std::span(batch.fields).subspan(event.fields_begin, event.fields_count)) {
      check.field(field);
    }
    check.required();
    check.version();
  }
}

std::size_t Validator::check_schema(Batch& batch, Event& event) const {
  if (schemas_ == nullptr || event.reject) return 0;
  std::string_view type;
  std::uint64_t version = wire::kSchemaVersion;
  for (const Field& field :
       std::span(batch.fields).subspan(event.fields_begin, event.fields_count)) {
    if (field.id == FieldId::kEventType) type = field.text;
    if (field.id == FieldId::kSchemaVersion) version = whole_number(field, wire::kSchemaVersionMax);
  }
  if (is_standard(type)) return 0;
  const LeasedForNow tree(batch.memory.lease(), SchemaRegistry::check_bytes_max(event.raw.size()));
  auto [flaw, work] = schemas_->check(type, version, event.raw);
  if (flaw) {
    event.reject = Reject{RejectCode::kSchemaViolation, std::move(*flaw),
                          "expected what the schema of its type says"};
  }
  constexpr std::size_t kBytesOfWork = 32;  // that take scrub/ as long
  return event.raw.size() + kBytesOfWork * work;
}

}  // namespace penstock::gateway
