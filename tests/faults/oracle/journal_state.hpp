// What the journals say once all is drained, read independently of the SDK that wrote them.
#pragma once

#include <cstdint>
#include <filesystem>

namespace penstock::oracle {

struct JournalState {
  std::uint64_t pending = 0;       // events that were not sent
  std::uint64_t acknowledged = 0;  // the highest seq of each journal, added up
};

// Throws std::runtime_error if a journal cannot be opened.
JournalState inspect_journals(const std::filesystem::path& directory);

}  // namespace penstock::oracle
