// Why a client gave events up, as its batches report it in "dropped".
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::wire {

enum class DropReason {
  kInvalid,             // the program gave an event that is none
  kTooLarge,            // larger than the client's event_bytes_max
  kStorageFull,         // the disk budget or the file system was full
  kTooLargeForGateway,  // refused with 413 even alone
};

inline constexpr std::array<std::string_view, 4> kDropReasonNames{
    "invalid", "too_large", "storage_full", "too_large_for_gateway"};

inline constexpr std::size_t kDropReasons = kDropReasonNames.size();

}  // namespace penstock::wire
