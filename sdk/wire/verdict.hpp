// Why a gateway rejects one event: a stable code to branch on, and one line that says what it
// means. The codes travel in the answer, in the dead-letter record's headers and in the metrics'
// labels.
#pragma once

#include <string_view>

namespace penstock::wire {

enum class RejectCode {
  kMalformedJson,      // not a JSON object, or broken inside
  kInvalidUtf8,        // bytes that are not UTF-8, or an escaped lone surrogate
  kTooLarge,           // more bytes than kEventBytesMax
  kTooDeep,            // nested deeper than kJsonDepthMax
  kTooManyFields,      // more than kEventFieldsMax fields
  kDuplicateField,     // the same top-level field twice: which one is meant?
  kMissingField,       // eventType, timestamp, activityType, recordId or action
  kWrongType,          // for example a number where text is due
  kInvalidTimestamp,   // no time in ISO 8601 with its zone
  kInvalidIdentifier,  // empty, longer than kIdentifierBytesMax, or with control characters
  kInvalidSeq,         // not an integer from 1 to kSeqMax
  kUnknownEventType,  // neither UserActivity nor DatabaseChange, and no schema is registered for it
  kUnknownSchemaVersion,  // of a custom type that has schemas, but none of this schemaVersion
  kSchemaViolation,       // not what the schema of its custom type says
  kRecordTooLarge,  // as it would lie in Kafka, with context and headers: more than the topic takes
};

// The code as it travels, for example "missing_field". Any thread.
constexpr std::string_view reject_code_name(RejectCode code) noexcept {
  switch (code) {
    case RejectCode::kMalformedJson:
      return "malformed_json";
    case RejectCode::kInvalidUtf8:
      return "invalid_utf8";
    case RejectCode::kTooLarge:
      return "too_large";
    case RejectCode::kTooDeep:
      return "too_deep";
    case RejectCode::kTooManyFields:
      return "too_many_fields";
    case RejectCode::kDuplicateField:
      return "duplicate_field";
    case RejectCode::kMissingField:
      return "missing_field";
    case RejectCode::kWrongType:
      return "wrong_type";
    case RejectCode::kInvalidTimestamp:
      return "invalid_timestamp";
    case RejectCode::kInvalidIdentifier:
      return "invalid_identifier";
    case RejectCode::kInvalidSeq:
      return "invalid_seq";
    case RejectCode::kUnknownEventType:
      return "unknown_event_type";
    case RejectCode::kUnknownSchemaVersion:
      return "unknown_schema_version";
    case RejectCode::kSchemaViolation:
      return "schema_violation";
    case RejectCode::kRecordTooLarge:
      return "record_too_large";
  }
  return "unknown";
}

}  // namespace penstock::wire
