// Why a client gave events up, as its batches report it in "dropped".
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::wire {

enum class DropReason {
  // --- Refused by track(): never in the journal
  kInvalid,      // the program gave an invalid event
  kTooLarge,     // larger than the client's event_bytes_max
  kStorageFull,  // the disk budget or the file system was full
  kIoError,      // a file of the journal could not be made
  kOutOfMemory,  // no memory to encode it, or to make a file
  kNotAllowed,   // no consent
  // --- Given up later
  kTooLargeForGateway,  // refused with 413 even alone
  kExpired,             // older than the age limit
  kConsentDenied,       // purged when consent was denied
  kForgotten,           // purged by forget()
  kOther,               // one that a later version of the client has counted
};

inline constexpr std::array<std::string_view, 11> kDropReasonNames{"invalid",
                                                                   "too_large",
                                                                   "storage_full",
                                                                   "io_error",
                                                                   "out_of_memory",
                                                                   "not_allowed",
                                                                   "too_large_for_gateway",
                                                                   "expired",
                                                                   "consent_denied",
                                                                   "forgotten",
                                                                   "other"};
inline constexpr std::size_t kDropReasons = kDropReasonNames.size();

constexpr DropReason drop_reason_of(std::string_view name) noexcept {
  for (std::size_t i = 0; i + 1 < kDropReasons; ++i) {
    if (kDropReasonNames[i] == name) return static_cast<DropReason>(i);
  }
  return DropReason::kOther;
}

}  // namespace penstock::wire
