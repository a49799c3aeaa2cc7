// Every JSON field and HTTP header of the protocol, once. camelCase, as the events are documented.
#pragma once

#include <string_view>

namespace penstock::wire {

namespace field {
// An event.
inline constexpr std::string_view kEventType = "eventType";
inline constexpr std::string_view kTimestamp = "timestamp";
inline constexpr std::string_view kSeq = "seq";
inline constexpr std::string_view kUserId = "userId";
inline constexpr std::string_view kSessionId = "sessionId";
inline constexpr std::string_view kPageId = "pageId";
inline constexpr std::string_view kActivityType = "activityType";
inline constexpr std::string_view kRecordId = "recordId";
inline constexpr std::string_view kAction = "action";
inline constexpr std::string_view kMetadata = "metadata";
inline constexpr std::string_view kDetails = "details";
inline constexpr std::string_view kSchemaVersion = "schemaVersion";
inline constexpr std::string_view kCorrelationId = "correlationId";
// Reserved: stamped by the gateway. What a client sends under these names is not trusted.
inline constexpr std::string_view kEventId = "eventId";
inline constexpr std::string_view kReceivedAt = "receivedAt";
inline constexpr std::string_view kClockSkewMs = "clockSkewMs";
// A batch. installId is also stamped into each event, so that seq keeps its meaning in Kafka.
inline constexpr std::string_view kSentAt = "sentAt";
inline constexpr std::string_view kInstallId = "installId";
inline constexpr std::string_view kSdk = "sdk";
inline constexpr std::string_view kContext = "context";
inline constexpr std::string_view kEvents = "events";
inline constexpr std::string_view kDropped = "dropped";
// A request for erasure.
inline constexpr std::string_view kInstallIds = "installIds";
inline constexpr std::string_view kRequestedAt = "requestedAt";
// An answer.
inline constexpr std::string_view kAccepted = "accepted";
inline constexpr std::string_view kRejected = "rejected";
inline constexpr std::string_view kIndex = "index";
inline constexpr std::string_view kCode = "code";
inline constexpr std::string_view kMessage = "message";
inline constexpr std::string_view kPointer = "pointer";
}  // namespace field

namespace header {
inline constexpr std::string_view kIdempotencyKey = "Idempotency-Key";
inline constexpr std::string_view kTraceparent = "traceparent";
inline constexpr std::string_view kCorrelationId = "X-Correlation-Id";
// Kafka record headers.
inline constexpr std::string_view kRecordEventId = "eventId";
inline constexpr std::string_view kRecordCorrelationId = "correlationId";
inline constexpr std::string_view kRecordSchema = "schema";
}  // namespace header

// Headers of a dead letter beside code, pointer, message and index above, and eventId, correlationId
// and traceparent.
namespace letter {
inline constexpr std::string_view kRejectedAt = "rejectedAt";        // ISO 8601
inline constexpr std::string_view kKeyId = "keyId";                  // whose write key it came with
inline constexpr std::string_view kOriginalTopic = "originalTopic";  // "" if it was never found out
// The batch's context, masked, as a JSON object: what a redrive merges into the event's metadata.
inline constexpr std::string_view kContext = "context";
// How many bytes the value had before it was cut to what the topic takes; only where it was.
inline constexpr std::string_view kTruncatedFrom = "truncatedFrom";
// How often the event has been redriven. Also of a record that a redrive has brought to its topic.
inline constexpr std::string_view kRedriveAttempts = "redriveAttempts";
// Where the letter lay that was redriven: dead-letter[5]@17. Also of such a record.
inline constexpr std::string_view kRedrivenFrom = "redrivenFrom";
}  // namespace letter

inline constexpr std::string_view kEventsPath = "/v1/events";
inline constexpr std::string_view kErasurePath = "/v1/erasure";
inline constexpr std::string_view kContentTypeJson = "application/json";
inline constexpr std::string_view kContentTypeNdjson = "application/x-ndjson";
inline constexpr std::string_view kContentTypeProblem = "application/problem+json";

}  // namespace penstock::wire
