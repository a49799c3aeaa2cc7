// Where rejected events go, with all that is needed to understand and to redrive them.
#pragma once

#include <string_view>

#include "kafka_handles.hpp"
#include "request.hpp"

namespace penstock::gateway {

namespace dead_letter {
// Headers beside code, pointer, message, index (wire/field_names.hpp) and those of accepted
// records.
inline constexpr std::string_view kRejectedAt = "rejectedAt";        // ISO 8601
inline constexpr std::string_view kKeyId = "keyId";                  // whose write key it came with
inline constexpr std::string_view kOriginalTopic = "originalTopic";  // "" if it was never found out
// The batch's context, masked, as a JSON object: what a redrive merges into the event's metadata.
inline constexpr std::string_view kContext = "context";
// How many bytes the value had before it was cut to what the topic takes; only where it was.
inline constexpr std::string_view kTruncatedFrom = "truncatedFrom";
}  // namespace dead_letter

// `event` must have its reject.
HeadersHandle dead_letter_headers(const Batch& batch, const Event& event);

}  // namespace penstock::gateway
