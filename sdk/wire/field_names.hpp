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

inline constexpr std::string_view kEventsPath = "/v1/events";
inline constexpr std::string_view kErasurePath = "/v1/erasure";
inline constexpr std::string_view kContentTypeJson = "application/json";
inline constexpr std::string_view kContentTypeNdjson = "application/x-ndjson";
inline constexpr std::string_view kContentTypeProblem = "application/problem+json";

}  // namespace penstock::wire
