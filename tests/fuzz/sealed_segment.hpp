// A segment of a journal whose checksums are right, whatever else is in it: what no random damage
// gets to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "journal/crc32c.hpp"
#include "journal/record_format.hpp"

namespace penstock::fuzz {

using namespace penstock::journal;

template <typename T>
T load(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, &bytes[offset], sizeof value);
  return value;
}
inline void store(std::string& bytes, std::size_t offset, const auto& value) {
  std::memcpy(&bytes[offset], &value, sizeof value);
}

inline std::uint32_t crc_of_record(const std::string& bytes, std::size_t at,
                                   std::size_t payload_bytes) {
  const auto salt = load<std::uint64_t>(bytes, offsetof(SegmentHeader, salt));
  constexpr std::size_t begin = offsetof(RecordHeader, payload_bytes);
  constexpr std::size_t end = offsetof(RecordHeader, crc);
  const std::uint32_t head = crc32c(&bytes[at + begin], end - begin, crc32c(&salt, sizeof salt, 0));
  if (load<std::uint32_t>(bytes, at) == kSkippedMarker) return head;
  return crc32c(&bytes[at] + sizeof(RecordHeader), payload_bytes, head);
}

inline std::string sealed(std::string bytes) {
  if (bytes.size() < sizeof(SegmentHeader)) return bytes;
  store(bytes, offsetof(SegmentHeader, magic), kSegmentMagic);
  store(bytes, offsetof(SegmentHeader, version), kFormatVersion);
  constexpr std::size_t kBegin = offsetof(SegmentHeader, base_seq);
  store(bytes, offsetof(SegmentHeader, header_crc),
        crc32c(&bytes[kBegin], offsetof(SegmentHeader, acknowledged_seq) - kBegin, 0));
  for (std::size_t at = sizeof(SegmentHeader); at + sizeof(RecordHeader) <= bytes.size();) {
    const auto size = load<std::uint32_t>(bytes, at + offsetof(RecordHeader, payload_bytes));
    if (at + record_bytes(size) > bytes.size()) break;
    store(bytes, at + offsetof(RecordHeader, crc), crc_of_record(bytes, at, size));
    at += record_bytes(size);
  }
  return bytes;
}

}  // namespace penstock::fuzz
