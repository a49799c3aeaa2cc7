// One more header. librdkafka copies name and value.
#pragma once

#include <array>
#include <string_view>

#include "kafka_handles.hpp"
#include "request.hpp"
#include "wire/field_names.hpp"
#include "wire/uuid.hpp"

namespace penstock::gateway {

inline void add_header(rd_kafka_headers_t* headers, std::string_view name, std::string_view value) {
  // An empty value is a value: without the "" librdkafka would make it null.
  rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                      value.empty() ? "" : value.data(), static_cast<ssize_t>(value.size()));
}

inline void add_event_id(rd_kafka_headers_t* headers, const Event& event) {
  std::array<char, wire::kUuidTextBytes> id;
  event.event_id.format(id.data());
  add_header(headers, wire::header::kRecordEventId, {id.data(), id.size()});
}

}  // namespace penstock::gateway
