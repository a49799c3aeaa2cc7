// What one sequence of events is sent from: the client's own journal, or an orphan of a process
// that is gone.
#pragma once

#include <memory>
#include <utility>

#include "journal/journal.hpp"
#include "journal/slot.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"
#include "session/sessions.hpp"

namespace penstock::transport {

// The journal is closed before the slot is unlocked.
struct Source {
  Source(journal::Slot taken, std::unique_ptr<journal::Journal> opened) noexcept
      : slot(std::move(taken)), journal(std::move(opened)), before(journal->ledger().totals()) {}

  // What has become of its events since it was taken.
  journal::Totals since() const noexcept { return journal->ledger().totals() - before; }

  journal::Slot slot;
  std::unique_ptr<journal::Journal> journal;
  std::shared_ptr<session::Sessions> sessions;  // of the client's own; may be none
  journal::Totals before;                       // what the ledger said then
};

journal::JournalOptions journal_options(const Options& options) noexcept;

// The part of options.directory that this client writes: the first slot that is free, and that no
// later version of Penstock has written. Fails as Slot::take() and Journal::open() do.
Result<Source> take_own(const Options& options);

}  // namespace penstock::transport
