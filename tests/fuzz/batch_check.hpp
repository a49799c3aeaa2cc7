// A body through the stages that look at it, and what must be true then: what is refused says why,
// and the record of every event, accepted or not, is JSON that another library reads, within the
// limits and masked.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "check.hpp"
#include "decode/batch_decoder.hpp"
#include "json_check.hpp"
#include "privacy/detectors.hpp"
#include "privacy/mask.hpp"
#include "route/router.hpp"
#include "scrub/scrubber.hpp"
#include "stamp/stamper.hpp"
#include "validate/validator.hpp"
#include "wire/uuid.hpp"

namespace penstock::fuzz {

using namespace penstock::gateway;
using Json = nlohmann::json;
using Decoded = Outcome<std::shared_ptr<Batch>>;

// Low, so that the fuzzer gets to all of them.
inline constexpr DecodeLimits kLimits{.inflated_bytes = 16384,
                                      .events_per_batch = 8,
                                      .event_bytes = 1024,
                                      .depth = 6,
                                      .fields = 12,
                                      .envelope_fields = 4,
                                      .context_bytes = 256};

inline Decoded decode(const RequestHead& head, std::string body) {
  static const BatchDecoder decoder(kLimits);
  static const auto client = [] {
    auto key = std::make_shared<ClientKey>();
    key->id = "fuzz";
    key->name_space = *wire::parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    return key;
  }();
  RequestHead received = head;
  received.received_at_ms = 1'733'661'296'789;
  return decoder.decode(received, client, std::move(body));
}

inline std::string gzipped(std::string_view text) {
  z_stream stream{};
  PENSTOCK_CHECK(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 1, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in(text), out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  PENSTOCK_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstandard(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

inline void check_problem(const Problem& problem) {
  PENSTOCK_CHECK(problem.status == 400 || problem.status == 413 || problem.status == 415);
  PENSTOCK_CHECK(!problem.code.empty() && !problem.detail.empty());
}

inline void check_decoded(const Batch& batch) {
  PENSTOCK_CHECK(batch.body.size() <= kLimits.inflated_bytes);
  PENSTOCK_CHECK(batch.events.size() <= kLimits.events_per_batch);
  PENSTOCK_CHECK(batch.context.size() <= kLimits.envelope_fields);
  PENSTOCK_CHECK(batch.dropped.size() <= kLimits.envelope_fields);
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const Event& event = batch.events[i];
    PENSTOCK_CHECK(event.index == i);
    PENSTOCK_CHECK(event.reject || event.well_formed);
    PENSTOCK_CHECK(!event.well_formed || event.raw.size() <= kLimits.event_bytes);
    PENSTOCK_CHECK(event.fields_count <= kLimits.fields && event.metadata_count <= kLimits.fields);
    PENSTOCK_CHECK(event.fields_begin + event.fields_count <= batch.fields.size());
    PENSTOCK_CHECK(!event.well_formed || is_json(event.raw));
  }
}

inline bool is_masked_field(FieldId id) {
  switch (id) {
    case FieldId::kEventType:
    case FieldId::kTimestamp:
    case FieldId::kSeq:
    case FieldId::kSchemaVersion:
    case FieldId::kEventId:
    case FieldId::kReceivedAt:
    case FieldId::kClockSkewMs:
      return false;
    default:
      return true;
  }
}

inline void check_masked(const privacy::RuleSet& rules, const Batch& batch, const Event& event) {
  for (const Field& field :
       std::span(batch.fields).subspan(event.fields_begin, event.fields_count)) {
    if (!is_masked_field(field.id)) continue;
    PENSTOCK_CHECK(!privacy::needs_masking(rules, field.name, field.value));
  }
  for (const ContextField& field : batch.context)
    PENSTOCK_CHECK(!privacy::needs_masking(rules, field.name, field.value));
}

inline void check_record(const Event& event) {
  const Json record = parse_json(event.record);
  PENSTOCK_CHECK(record.is_object());
  PENSTOCK_CHECK(depth_of(record) <= kLimits.depth + 2);  // context stands in metadata
  PENSTOCK_CHECK(record["eventId"] == event.event_id.text());
  PENSTOCK_CHECK(record["receivedAt"] == "2024-12-08T12:34:56.789Z");
  PENSTOCK_CHECK(record["correlationId"] == event.correlation_id);
  const auto& type = record["eventType"];
  PENSTOCK_CHECK(type == "UserActivity" || type == "DatabaseChange");
}

inline void check_stages(Batch& batch) {
  static const privacy::RuleSet rules;
  static const Scrubber scrubber{privacy::RuleSet()};
  static const Router router("");
  Validator().check(batch);
  scrubber.apply_to_envelope(batch);
  for (Event& event : batch.events) scrubber.apply_to_event(batch, event);
  Stamper().apply(batch);
  router.apply(batch);
  PENSTOCK_CHECK(batch.context_json.empty() || is_json(batch.context_json));
  for (const Event& event : batch.events) {
    if (event.reject) {
      PENSTOCK_CHECK(is_json(event.record));
      continue;
    }
    check_record(event);
    PENSTOCK_CHECK(!event.topic.empty());
    PENSTOCK_CHECK(!privacy::find_personal_data(rules, event.key, 0));
    check_masked(rules, batch, event);
  }
}

}  // namespace penstock::fuzz
