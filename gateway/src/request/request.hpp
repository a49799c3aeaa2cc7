// What travels through the stages: plain structs, filled from left to right. No stage keeps any of
// it.
//
//   RequestHead -> ClientKey -> Batch{Event...} -> Answer
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory_budget.hpp"
#include "privacy/rule_set.hpp"
#include "wire/uuid.hpp"
#include "wire/verdict.hpp"

namespace penstock::gateway {

// --- http/ fills this ---------------------------------------------------------------------------

// Views into the connection's buffer: valid until the answer is written. Absent headers are
// empty.
struct RequestHead {
  std::string_view method;
  std::string_view path;  // without the query
  std::string_view authorization;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view idempotency_key;
  std::string_view traceparent;
  std::string_view correlation_id;
  std::optional<std::uint64_t> content_length;  // none: chunked
  std::int64_t received_at_ms = 0;              // Unix time
  MemoryShare* address_share = nullptr;         // what the client's address holds; null: not known
};

// --- auth/ looks this up ------------------------------------------------------------------------

// Immutable; shared with the key store, so that a reload does not pull it away.
struct ClientKey {
  std::string id;                  // the operator's name for it; safe to log
  wire::Uuid name_space;           // of the project: what eventIds are made within
  double requests_per_second = 0;  // 0: unlimited
  double events_per_second = 0;    // 0: unlimited
  // What scrub/ masks of this key's events; null: by the common rules.
  std::shared_ptr<const privacy::RuleSet> rules = nullptr;
};

// --- Any stage that refuses a whole request answers with this -----------------------------------
struct Problem {
  int status = 500;       // HTTP
  std::string_view code;  // stable, snake_case: what programs branch on
  std::string detail;     // what, where, what to do; never payload or key
  std::optional<int> retry_after_s;
};

// --- decode/ fills these ------------------------------------------------------------------------

// The top-level fields that later stages know by name. kOther: a field of the client's own.
enum class FieldId : std::uint8_t {
  kEventType,
  kTimestamp,
  kSeq,
  kUserId,
  kSessionId,
  kPageId,
  kActivityType,
  kRecordId,
  kAction,
  kMetadata,
  kDetails,
  kSchemaVersion,
  kCorrelationId,
  kInstallId,
  kEventId,
  kReceivedAt,
  kClockSkewMs,  // reserved: read for the eventId's name, never forwarded
  kOther,
};
enum class JsonKind : std::uint8_t { kString, kNumber, kObject, kArray, kBoolean, kNull };

struct Field {
  FieldId id = FieldId::kOther;
  JsonKind kind = JsonKind::kNull;
  std::string_view name;  // unescaped
  // Raw JSON, well-formed, depth-checked; scrub/ may point it at masked text
  std::string_view value;
  // Unescaped, if kString and a known field; else empty; scrub/ masks it too, less those of
  // kInstallId and kEventId, which only ever go into a hash
  std::string_view text;
};

// Why one event is not accepted. It goes to the dead-letter topic and never fails its batch.
struct Reject {
  wire::RejectCode code;
  std::string pointer;  // RFC 6901, within the event; "" is the event itself
  std::string message;  // what was expected; no payload
};

struct Event {
  std::uint32_t index = 0;           // in the batch as sent
  std::string_view raw;              // its bytes as they came
  std::uint32_t fields_begin = 0;    // into Batch::fields
  std::uint32_t fields_count = 0;    // 0 if malformed
  std::uint32_t metadata_begin = 0;  // into Batch::metadata_names
  std::uint32_t metadata_count = 0;
  bool well_formed = false;         // `raw` is JSON within the limits of depth and size
  std::optional<Reject> reject;     // decode/ or validate/
  std::int64_t timestamp_ms = 0;    // validate/
  std::uint64_t seq = 0;            // validate/; 0: none
  std::string_view install_id;      // scrub/: masked; its own, else the batch's; may be empty
  wire::Uuid event_id;              // stamp/
  std::string_view correlation_id;  // stamp/
  std::string_view key;             // route/: the partition key; may be empty
  std::string_view schema;          // route/: for example "UserActivity/1"
  std::string_view topic;           // route/
  std::string_view record;  // stamp/ (accepted) or scrub/ (rejected): the value of the Kafka record
  std::size_t cut_from = 0;      // sink/: how long the record was; 0: it is whole
  bool without_context = false;  // sink/: the letter has no room for the batch's context
};

// Field of the batch object's context, merged into each event's metadata.
struct ContextField {
  std::string_view name;   // unescaped; masked by scrub/
  std::string_view value;  // raw JSON; masked by scrub/
  // As the client wrote it, unescaped: what an event's own name is compared with.
  std::string_view sent_name;
};

// All views of a Batch point into `body` or `arena`; topics and schemas also into the Router, which
// outlives it. It is shared with the delivery reports that are still to come, so records go to
// librdkafka without a copy; nothing changes in it once it is handed over. All that it allocates is
// on lease: what does not fit throws OutOfMemoryBudget.
struct Batch {
  // `lease` has room for the body.
  explicit Batch(MemoryLease lease = {}) noexcept : memory(std::move(lease)) {}

  LeasedMemory memory;
  std::string body;  // inflated
  std::pmr::monotonic_buffer_resource arena{&memory};
  std::shared_ptr<const ClientKey> client;
  std::int64_t received_at_ms = 0;
  std::optional<std::int64_t> sent_at_ms;
  std::optional<std::int64_t> clock_skew_ms;  // stamp/
  // From the batch object, as it came: eventIds are made from it. "" if there is none.
  std::string install_id;
  std::string idempotency_key, traceparent, correlation_id;  // from the head
  std::pmr::vector<ContextField> context{&memory};
  std::pmr::vector<Field> fields{
      &memory};  // of all events; known fields that are null are left out
  // Unescaped, of all events: context does not replace them.
  std::pmr::vector<std::string_view> metadata_names{&memory};
  std::pmr::vector<Event> events{&memory};
  // Reason, count: as the SDK reported.
  std::pmr::vector<std::pair<std::string_view, std::uint64_t>> dropped{&memory};
  std::string stamped_correlation_id;  // stamp/: for events without one of their own
  std::string_view context_json;  // stamp/: {"app":"…","os":"…"}, masked; empty if there is none

  // `bytes` in the arena, valid as long as the batch.
  char* allocate(std::size_t bytes) { return static_cast<char*>(arena.allocate(bytes, 1)); }
};

// --- admit/ knows this --------------------------------------------------------------------------
// The limit on the requests of one key, for the RateLimit headers.
struct RateStatus {
  std::uint64_t limit = 0;      // requests at once
  std::uint64_t remaining = 0;  // of these, now
  int reset_s = 0;              // until all of them are there again, rounded up
};

// --- answer/ makes this -------------------------------------------------------------------------
struct Answer {
  int status = 200;
  std::string content_type;
  std::string body;
  std::optional<int> retry_after_s;
  std::optional<RateStatus> rate_limit;
  MemoryLease memory;  // room for `body`, twice: as it is, and as it is written
  bool close_connection = false;
};

}  // namespace penstock::gateway
