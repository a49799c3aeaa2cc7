// The Kafka topics of a gateway, each behind the gateway's topic prefix.
#pragma once

#include <array>
#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view kTopicUserActivity = "user-activity";
inline constexpr std::string_view kTopicDbChanges = "db-changes";
// There only where a gateway has schemas of custom types.
inline constexpr std::string_view kTopicCustomEvents = "custom-events";
inline constexpr std::string_view kTopicDeadLetter = "dead-letter";
// Requests to erase what a user or an install has sent.
inline constexpr std::string_view kTopicErasureRequests = "erasure-requests";
// penstockctl's: what was erased, and what remained until when.
inline constexpr std::string_view kTopicErasureAudit = "erasure-audit";
// penstockctl's: letters that have been redriven too often, and which have been redriven.
inline constexpr std::string_view kTopicQuarantine = "dead-letter-quarantine";
inline constexpr std::string_view kTopicRedriveLedger = "redrive-ledger";
inline constexpr std::array kTopics = {kTopicUserActivity, kTopicDbChanges, kTopicCustomEvents,
                                       kTopicDeadLetter};

}  // namespace penstock::wire
