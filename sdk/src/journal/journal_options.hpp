// How large a journal, and what is in it, may become.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::journal {

struct JournalOptions {
  std::uint64_t disk_bytes_max;   // of all segments together, preallocated ones included
  std::size_t segment_bytes;      // one file; a multiple of the page size
  std::size_t payload_bytes_max;  // largest record; segment_bytes is at least four times this
};

}  // namespace penstock::journal
