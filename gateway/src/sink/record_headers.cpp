#include "record_headers.hpp"

#include <array>
#include <string_view>

#include "add_header.hpp"
#include "wire/field_names.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {

HeadersHandle record_headers(const Batch& batch, const Event& event) {
  constexpr std::size_t kHeadersMax = 4;
  HeadersHandle headers(rd_kafka_headers_new(kHeadersMax));
  add_event_id(headers.get(), event);
  add_header(headers.get(), wire::header::kRecordCorrelationId, event.correlation_id);
  add_header(headers.get(), wire::header::kRecordSchema, event.schema);
  if (!batch.traceparent.empty())
    add_header(headers.get(), wire::header::kTraceparent, batch.traceparent);
  return headers;
}

}  // namespace penstock::gateway
