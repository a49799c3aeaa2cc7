// Files of a later version are left as they are, to the programs that know them.
#pragma once

#include <filesystem>

#include "penstock/status.hpp"

namespace penstock::journal {

// kDirectoryInUse: another slot may be free.
inline Status of_later_version(const std::filesystem::path& path) {
  return {StatusCode::kDirectoryInUse,
          path.string() +
              " was written by a later version of Penstock; update this program, or name another "
              "directory"};
}

}  // namespace penstock::journal
