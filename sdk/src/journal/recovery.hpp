// What the last run left in a folder, made readable: torn records are dropped, damaged files set
// aside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "journal/journal.hpp"
#include "journal/ledger.hpp"
#include "journal/segment.hpp"
#include "platform/folder.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

struct RecoveredSegment {
  Segment segment;
  std::size_t end = kFirstRecord;  // behind the last whole record; only zeros follow
  std::uint64_t last_seq = 0;      // of it; 0: it holds none
  std::uint64_t pending = 0;       // whole records that are not acknowledged
};

struct Recovered {
  std::vector<RecoveredSegment> segments;  // in the order of their sequence numbers; each holds
                                           // something pending, but for the last
  wire::Uuid install_id;                   // of these segments; a new one if there are none
  std::uint64_t next_seq = 1;              // the first that was never given
  RecoveryReport report;
};

// Reads, repairs and tidies the folder: temporary files and segments that are done are removed.
// What the ledger has settled is not pending, whatever the segments say: a kill may have come
// between the two. Fails with kIo or kStorageFull if a file cannot be opened.
Result<Recovered> recover(const platform::Folder& folder, const Ledger& ledger);

}  // namespace penstock::journal
