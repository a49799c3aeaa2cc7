#include "correlation.hpp"

#include <algorithm>

#include "name_builder.hpp"
#include "wire/identifier.hpp"
#include "wire/trace_context.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {
namespace {

wire::Uuid made_up(const Batch& batch) {
  NameBuilder builder;
  const auto first = std::find_if(batch.events.begin(), batch.events.end(),
                                  [](const Event& event) { return event.seq != 0; });
  if (!batch.install_id.empty() && first != batch.events.end()) {
    builder.text("correlation\n").text(batch.install_id).text("\n").number(first->seq);
  } else if (!batch.idempotency_key.empty()) {
    builder.text("correlation key\n").text(batch.idempotency_key);
  } else {
    return wire::time_uuid(batch.received_at_ms);
  }
  return wire::name_uuid(batch.client->name_space, builder.name());
}

}  // namespace

std::string batch_correlation_id(const Batch& batch) {
  if (const auto trace = wire::parse_traceparent(batch.traceparent))
    return std::string(trace->trace_id);
  if (wire::is_identifier(batch.correlation_id)) return batch.correlation_id;  // masks may be long
  return made_up(batch).text();
}

}  // namespace penstock::gateway
