#include "dead_letter.hpp"

#include <array>
#include <string>

#include "add_header.hpp"
#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"
#include "wire/verdict.hpp"

namespace penstock::gateway {

HeadersHandle dead_letter_headers(const Batch& batch, const Event& event) {
  constexpr std::size_t kHeadersMax = 12;
  HeadersHandle headers(rd_kafka_headers_new(kHeadersMax));
  auto* const to = headers.get();
  add_header(to, wire::field::kCode, wire::reject_code_name(event.reject->code));
  add_header(to, wire::field::kPointer, event.reject->pointer);
  add_header(to, wire::field::kMessage, event.reject->message);
  add_header(to, wire::field::kIndex, std::to_string(event.index));

  std::array<char, wire::kTimestampBytes> rejected_at;
  wire::format_timestamp(batch.received_at_ms, rejected_at.data());
  add_header(to, wire::letter::kRejectedAt, {rejected_at.data(), rejected_at.size()});
  add_header(to, wire::letter::kKeyId, batch.client ? std::string_view(batch.client->id) : "");
  add_header(to, wire::letter::kOriginalTopic, event.topic);

  // So that the letters of a batch that was sent twice can be told from two bad events.
  if (event.event_id != wire::Uuid{}) add_event_id(to, event);
  if (!event.correlation_id.empty())
    add_header(to, wire::header::kRecordCorrelationId, event.correlation_id);
  if (!batch.traceparent.empty()) add_header(to, wire::header::kTraceparent, batch.traceparent);
  if (event.cut_from > 0)
    add_header(to, wire::letter::kTruncatedFrom, std::to_string(event.cut_from));
  if (!batch.context_json.empty() && !event.without_context)
    add_header(to, wire::letter::kContext, batch.context_json);
  return headers;
}

}  // namespace penstock::gateway
