#include "faults/oracle/journal_state.hpp"

#include <stdexcept>

#include "journal/journal.hpp"
#include "journal/slot.hpp"
#include "penstock/options.hpp"

namespace penstock::oracle {

JournalState inspect_journals(const std::filesystem::path& directory) {
  JournalState state;
  for (auto& slot : journal::Slot::take_orphans(directory)) {
    const Options defaults;
    auto journal = journal::Journal::open(
        slot.folder(), {defaults.disk_bytes_max, defaults.segment_bytes, defaults.event_bytes_max});
    if (!journal) throw std::runtime_error(journal.status().message());
    state.pending += (*journal)->reader().pending();
    state.acknowledged += (*journal)->reader().acknowledged_seq();
  }
  return state;
}

}  // namespace penstock::oracle
