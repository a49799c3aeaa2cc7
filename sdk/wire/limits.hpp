// Every size, count and depth that both ends must agree on, each with its reason.
//
// The SDK keeps within them so that the gateway never has to refuse what it sends; the gateway
// enforces them because not every client is ours. A deployment may set a lower limit, never a
// higher one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::wire {

// One event, encoded. Kafka's default message.max.bytes is 1 MiB; the stamped record and its
// headers must fit below it with room for the merged context.
inline constexpr std::size_t kEventBytesMax = 256 * 1024;
// What a batch adds to a recorded event: "seq": with 16 digits, and a comma.
inline constexpr std::size_t kSeqFieldBytesMax = 32;
inline constexpr std::size_t kEventBytesDefault =
    64 * 1024;  // what an SDK accepts unless told otherwise

// Events in one batch: about 100 KiB of typical events, some 10 KiB on the wire.
inline constexpr std::size_t kBatchEventsMax = 1000;
inline constexpr std::size_t kBatchEventsDefault = 256;

// A request body as it travels, and after it is inflated. The ratio of the two bounds a bomb.
inline constexpr std::size_t kBodyBytesMax = 1024 * 1024;
inline constexpr std::size_t kInflatedBytesMax = 8 * 1024 * 1024;

// `details` of real events are 2 or 3 deep. Also the bound on every recursion over JSON.
inline constexpr std::size_t kJsonDepthMax = 32;

// An identifier (userId, sessionId, pageId, recordId, correlationId), in bytes of UTF-8.
inline constexpr std::size_t kIdentifierBytesMax = 256;
// A field's name, in bytes of UTF-8.
inline constexpr std::size_t kFieldNameBytesMax = 128;
// Fields directly in one event object.
inline constexpr std::size_t kEventFieldsMax = 64;

// Idempotency-Key and X-Correlation-Id headers.
inline constexpr std::size_t kHeaderValueBytesMax = 256;

// Largest sequence number: JSON readers in other languages hold integers exactly up to 2^53.
inline constexpr std::uint64_t kSeqMax = (std::uint64_t{1} << 53) - 1;

}  // namespace penstock::wire
