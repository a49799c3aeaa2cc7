// Which records belong to an id. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record_view.hpp"

namespace penstock::ctl {

enum class IdField : std::uint8_t {
  kUser,
  kSession,
  kCorrelation,
  kEvent,
  kInstall,
  kRecord,
  kTrace,
};
inline constexpr std::size_t kIdFields = 7;

// In the order of IdField: as the command line names them, and as events do.
inline constexpr std::array<std::string_view, kIdFields> kIdFieldOptions = {
    "user", "session", "correlation", "event", "install", "record", "trace"};
inline constexpr std::array<std::string_view, kIdFields> kIdFieldNames = {
    "userId", "sessionId", "correlationId", "eventId", "installId", "recordId", "trace-id"};

// Throws std::runtime_error for a text that kIdFieldOptions has not.
IdField parse_id_field(std::string_view option);

// Immutable.
class IdMatcher {
 public:
  // `only`: looks at this field alone.
  explicit IdMatcher(std::string id, std::optional<IdField> only = std::nullopt);

  // The fields of the record that equal the id; none if the record does not belong to it. Looks at
  // the event, the headers eventId and correlationId, the trace-id of the header traceparent, and
  // the key of a dead letter, which is the installId of its batch.
  std::vector<IdField> match(const Record& record) const;

  // False only for records that match() has nothing for; reads bytes alone, no JSON. A value with a
  // backslash may hold the id escaped, so the value counts as one that may match.
  bool may_match(const Record& record) const noexcept;

 private:
  bool is_id(const Record& record, IdField field, std::string_view in_event) const;

  const std::string id_;
  const std::optional<IdField> only_;
};

}  // namespace penstock::ctl
