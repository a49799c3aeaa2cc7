// The closed sets of the protocol: types of events, activities and actions, and how they are
// spelled.
#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view kUserActivity = "UserActivity";
inline constexpr std::string_view kDatabaseChange = "DatabaseChange";

namespace activity {
inline constexpr std::string_view kSessionStart = "SessionStart";
inline constexpr std::string_view kSessionEnd = "SessionEnd";
inline constexpr std::string_view kPageStart = "PageStart";
inline constexpr std::string_view kPageEnd = "PageEnd";
inline constexpr std::string_view kPageView = "PageView";
inline constexpr std::string_view kClick = "Click";
inline constexpr std::string_view kFormSubmission = "FormSubmission";
inline constexpr std::string_view kProcessCompletion = "ProcessCompletion";
inline constexpr std::string_view kError = "Error";
}  // namespace activity

namespace action {
inline constexpr std::string_view kApproved = "Approved";
inline constexpr std::string_view kDenied = "Denied";
inline constexpr std::string_view kReturned = "Returned";
}  // namespace action

// Version of the event shapes above, sent as schemaVersion.
inline constexpr int kSchemaVersion = 1;
inline constexpr std::uint64_t kSchemaVersionMax = 1'000'000;  // more is no version

}  // namespace penstock::wire
