// CRC-32C (Castagnoli), as in iSCSI (RFC 3720) and ext4: by the processor's instruction where there
// is one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::journal {

// Of `bytes` at `data`, continuing from `crc`; begin with 0. crc32c(b, crc32c(a)) is that of a
// followed by b. Any thread.
std::uint32_t crc32c(const void* data, std::size_t bytes, std::uint32_t crc) noexcept;

// The same without the instruction, for other processors, and to check one against the other.
std::uint32_t crc32c_software(const void* data, std::size_t bytes, std::uint32_t crc) noexcept;

}  // namespace penstock::journal
