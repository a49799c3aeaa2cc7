// What the last run left in a folder, made readable: torn records are dropped, damaged files set
// aside. In two steps, since only the last segment says which number comes next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "journal/ledger.hpp"
#include "journal/segment.hpp"
#include "platform/folder.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

// What an earlier run left.
struct RecoveryReport {
  std::uint64_t records = 0;       // whole, not acknowledged: they will be read first
  std::uint64_t torn_records = 0;  // begun and never committed; their append() had not returned
  // Files that are not our segments; set aside as *.bad, not deleted
  std::uint64_t bad_segments = 0;
};

struct RecoveredSegment {
  Segment segment;
  std::size_t end = kFirstRecord;  // behind the last whole record; only zeros follow
  std::uint64_t last_seq = 0;      // of it; 0: it holds none
  std::uint64_t pending = 0;       // whole records that are not acknowledged
};

// The segments before the last one, which nobody has looked at yet.
struct EarlierSegments {
  std::vector<std::string> names;  // of the files, in the order of their sequence numbers
  wire::Uuid install_id;           // of them and of the last one; a new one if there are none
};

// What the next record needs to know, and what is left to look at.
struct Recovered {
  std::optional<RecoveredSegment> last;  // none: the sequence begins
  std::uint64_t next_seq = 1;            // the first that was never given
  EarlierSegments earlier;
  RecoveryReport report;
};

// The last segment of the folder: as much as open() has to wait for. Removes temporary files, sets
// aside foreign files behind that segment. What the ledger has settled is not pending,
// whatever the segments say: a kill may have come between the two. Fails with kIo or kStorageFull
// if the folder or a file cannot be opened.
Result<Recovered> recover_last(const platform::Folder& folder, const Ledger& ledger);

// The others, repaired, in the order of their numbers, each with something pending. Those that are
// done are removed, foreign ones set aside; one that cannot be opened is left for
// the next open.
std::vector<RecoveredSegment> recover_earlier(const platform::Folder& folder, const Ledger& ledger,
                                              const EarlierSegments& earlier,
                                              RecoveryReport& report);

}  // namespace penstock::journal
