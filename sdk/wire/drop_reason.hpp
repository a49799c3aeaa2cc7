// Why a client gave events up, as its batches report it in "dropped".
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::wire {

enum class DropReason {
  // --- Refused by track(): never in the journal
  kInvalid,      // the program gave an event that is none
  kTooLarge,     // larger than the client's event_bytes_max
  kStorageFull,  // the disk budget or the file system was full
  kSampledOut,   // of a session that the sample leaves out
  kDisabled,     // its type is switched off, or all recording is
  kNotAllowed,   // no consent
  // --- Given up later
  kTooLargeForGateway,  // refused with 413 even alone
  kEvicted,             // made room for events of a higher priority
  kExpired,             // older than the age limit
  kConsentDenied,       // purged when consent was denied
  kForgotten,           // purged by forget()
};

inline constexpr std::array<std::string_view, 11> kDropReasonNames{"invalid",
                                                                   "too_large",
                                                                   "storage_full",
                                                                   "sampled_out",
                                                                   "disabled",
                                                                   "not_allowed",
                                                                   "too_large_for_gateway",
                                                                   "evicted",
                                                                   "expired",
                                                                   "consent_denied",
                                                                   "forgotten"};

// From here on of events that were recorded before.
inline constexpr DropReason kFirstLaterReason = DropReason::kTooLargeForGateway;

inline constexpr std::size_t kDropReasons = kDropReasonNames.size();

}  // namespace penstock::wire
