// The name of an event's field to its FieldId.
#pragma once

#include <string_view>

#include "request.hpp"
#include "wire/field_names.hpp"

namespace penstock::gateway {

// kOther for a name that no stage knows. By length first: a name is compared with four others at
// most.
inline FieldId field_id(std::string_view name) noexcept {
  namespace f = wire::field;
  const auto is = [name](std::string_view known) { return name == known; };
  switch (name.size()) {
    case 3:
      return is(f::kSeq) ? FieldId::kSeq : FieldId::kOther;
    case 6:
      return is(f::kUserId)   ? FieldId::kUserId
             : is(f::kPageId) ? FieldId::kPageId
             : is(f::kAction) ? FieldId::kAction
                              : FieldId::kOther;
    case 7:
      return is(f::kDetails)   ? FieldId::kDetails
             : is(f::kEventId) ? FieldId::kEventId
                               : FieldId::kOther;
    case 8:
      return is(f::kMetadata)   ? FieldId::kMetadata
             : is(f::kRecordId) ? FieldId::kRecordId
                                : FieldId::kOther;
    case 9:
      return is(f::kEventType)   ? FieldId::kEventType
             : is(f::kTimestamp) ? FieldId::kTimestamp
             : is(f::kSessionId) ? FieldId::kSessionId
             : is(f::kInstallId) ? FieldId::kInstallId
                                 : FieldId::kOther;
    case 10:
      return is(f::kReceivedAt) ? FieldId::kReceivedAt : FieldId::kOther;
    case 11:
      return is(f::kClockSkewMs) ? FieldId::kClockSkewMs : FieldId::kOther;
    case 12:
      return is(f::kActivityType) ? FieldId::kActivityType : FieldId::kOther;
    case 13:
      return is(f::kSchemaVersion)   ? FieldId::kSchemaVersion
             : is(f::kCorrelationId) ? FieldId::kCorrelationId
                                     : FieldId::kOther;
    default:
      return FieldId::kOther;
  }
}

}  // namespace penstock::gateway
