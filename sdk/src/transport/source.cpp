#include "transport/source.hpp"

#include <utility>

namespace penstock::transport {

journal::JournalOptions journal_options(const Options& options) noexcept {
  return {options.disk_bytes_max, options.segment_bytes, options.event_bytes_max};
}

Result<Source> take_own(const Options& options) {
  for (int first = 0;;) {
    auto slot = journal::Slot::take(options.directory, first);
    if (!slot) return slot.status();
    auto journal = journal::Journal::open(slot->folder(), journal_options(options));
    if (journal) return Source(*std::move(slot), *std::move(journal));
    if (journal.status().code() != StatusCode::kDirectoryInUse) return journal.status();
    first = slot->number() + 1;
  }
}

}  // namespace penstock::transport
