// What one sequence of events is sent from: the client's own journal, or an orphan of a process that
// is gone.
#pragma once

#include <memory>

#include "journal/journal.hpp"
#include "journal/slot.hpp"
#include "penstock/options.hpp"
#include "penstock/status.hpp"

namespace penstock::transport {

// The journal is closed before the slot is unlocked.
struct Source {
  journal::Slot slot;
  std::unique_ptr<journal::Journal> journal;
};

journal::JournalOptions journal_options(const Options& options) noexcept;

// The part of options.directory that this client writes: the first slot that is free, and that no later
// version of Penstock has written. Fails as Slot::take() and Journal::open() do.
Result<Source> take_own(const Options& options);

}  // namespace penstock::transport
