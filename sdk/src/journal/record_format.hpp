// The layout of a segment file. docs/journal-format.md explains it. Integers are little-endian;
// what is atomic here is stored in one step also on the disk, since it is aligned and no larger
// than a word.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "wire/uuid.hpp"

namespace penstock::journal {

inline constexpr std::uint64_t kSegmentMagic = 0x474553'4B545350;  // "PSTKSEG"
inline constexpr std::uint32_t kFormatVersion =
    2;  // a later one keeps the first 48 bytes as they are
inline constexpr std::size_t kSegmentBytesMax = 64 * 1024 * 1024;  // a larger file is not ours

// The first 64 bytes of a file. All but acknowledged_seq is written before the file gets its name.
struct SegmentHeader {
  std::uint64_t magic;
  std::uint32_t version;
  // CRC-32C of the fields below, up to and without acknowledged_seq; behind later_version.hpp's
  // seal
  std::uint32_t header_crc;
  std::uint64_t base_seq;  // of the first record
  // Random; in each record's CRC, so that no record of another file is taken for one of this.
  std::uint64_t salt;
  wire::Uuid install_id;  // whose sequence it is
  // All of this segment up to it are done; 0: none yet
  std::atomic<std::uint64_t> acknowledged_seq;
  std::uint64_t reserved;  // 0
};
static_assert(sizeof(SegmentHeader) == 64 && sizeof(wire::Uuid) == 16);

// Each record begins on such a border, and lies behind the last without a gap.
inline constexpr std::size_t kRecordAlignment = 8;

// JSON text holds no byte below 0x20, so no payload looks like either of these.
inline constexpr std::uint32_t kCommittedMarker = 0x01C0FFEE;  // a record
inline constexpr std::uint32_t kSkippedMarker = 0x01DEAD01;    // what recovery makes of a torn one

struct RecordHeader {
  std::atomic<std::uint32_t> marker;  // stored last, when all else is there; 0 until then
  std::uint32_t payload_bytes;
  std::uint64_t seq;
  std::uint32_t recorded_at;  // Unix time in seconds, for the age limit; good until 2106
  std::uint32_t type;         // as codes.hpp has it, for the ledger; any number is valid
  // CRC-32C of the segment's salt, the fields above but for the marker, and the payload
  std::uint32_t crc;
  std::uint32_t reserved;  // 0
  // The payload follows, then zeros up to the next border.
};
static_assert(sizeof(RecordHeader) == 32);

constexpr std::size_t record_bytes(std::size_t payload_bytes) noexcept {
  return (sizeof(RecordHeader) + payload_bytes + kRecordAlignment - 1) / kRecordAlignment *
         kRecordAlignment;
}

}  // namespace penstock::journal
