// The closed sets of the protocol: types of events, activities and actions, and how they are
// spelled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view kUserActivity = "UserActivity";
inline constexpr std::string_view kDatabaseChange = "DatabaseChange";
// Of a type of the program's own.
inline constexpr std::size_t kEventTypeBytesMax = 64;

// What such a type may be called: 1 to kEventTypeBytesMax letters and digits of ASCII, with a capital
// first.
constexpr bool is_event_type_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kEventTypeBytesMax || name[0] < 'A' || name[0] > 'Z')
    return false;
  for (const char c : name) {
    const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!is_letter && (c < '0' || c > '9')) return false;
  }
  return true;
}

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

// What the client's ledger counts by: one for each spelling above, and one for all others.
enum class TypeId : std::uint8_t {
  kSessionStart,
  kSessionEnd,
  kPageStart,
  kPageEnd,
  kPageView,
  kClick,
  kFormSubmission,
  kProcessCompletion,
  kError,
  kApproved,
  kDenied,
  kReturned,
  kOther,
};
inline constexpr std::array<std::string_view, 13> kTypeNames{activity::kSessionStart,
                                                             activity::kSessionEnd,
                                                             activity::kPageStart,
                                                             activity::kPageEnd,
                                                             activity::kPageView,
                                                             activity::kClick,
                                                             activity::kFormSubmission,
                                                             activity::kProcessCompletion,
                                                             activity::kError,
                                                             action::kApproved,
                                                             action::kDenied,
                                                             action::kReturned,
                                                             "other"};
inline constexpr std::size_t kTypes = kTypeNames.size();

// Of an activityType, or of the action of a record's change.
constexpr TypeId type_id_of(std::string_view name) noexcept {
  for (std::size_t i = 0; i + 1 < kTypes; ++i) {
    if (kTypeNames[i] == name) return static_cast<TypeId>(i);
  }
  return TypeId::kOther;
}

// Version of the event shapes above, sent as schemaVersion.
inline constexpr int kSchemaVersion = 1;
inline constexpr std::uint64_t kSchemaVersionMax = 1'000'000;  // the largest version

}  // namespace penstock::wire
