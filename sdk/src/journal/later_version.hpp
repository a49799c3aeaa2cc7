// Files of a later version are left as they are, to the programs that know them.
#pragma once

#include <cstdint>
#include <filesystem>

#include "journal/crc32c.hpp"
#include "penstock/status.hpp"

namespace penstock::journal {

// Later versions put the CRC-32C of their number into the header: else a version that is damaged
// would look like a later one, and nobody would ever send what is there. 0 for what is `known`.
inline std::uint32_t seal_of(std::uint32_t version, std::uint32_t known) noexcept {
  return version <= known ? 0 : crc32c(&version, sizeof version, 0);
}

// kDirectoryInUse: another slot may be free.
inline Status of_later_version(const std::filesystem::path& path) {
  return {StatusCode::kDirectoryInUse,
          path.string() +
              " was written by a later version of Penstock; update this program, or name another "
              "directory"};
}

}  // namespace penstock::journal
