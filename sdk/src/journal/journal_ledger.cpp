#include "journal/journal_impl.hpp"

namespace penstock::journal {

void Journal::Impl::refuse(wire::DropReason reason, wire::TypeId type) noexcept {
  ledger_.refuse(reason, type);
}

Journal::Counts Journal::Impl::counts() noexcept {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  Counts counts;
  counts.settled = ledger_.settled();
  for (std::size_t reason = 0; reason < kRefusalCodes; ++reason) {
    for (std::size_t type = 0; type < kTypeCodes; ++type)
      counts.refused[reason][type] = ledger_.refused(reason, type);
  }
  walk(done_, [&](const Segment::Entry& entry) {
    ++counts.pending[entry.info.row()];
    return true;
  });
  return counts;
}

std::string Journal::Impl::install_id() const {
  const std::lock_guard lock(reader_);
  return install_id_.text();
}

DropTotals Journal::Impl::dropped() const noexcept {
  const std::lock_guard lock(reader_);
  return ledger_.dropped();
}

DropTotals Journal::Impl::reported() const noexcept {
  const std::lock_guard lock(reader_);
  return ledger_.reported();
}

void Journal::Impl::report(const DropTotals& total) noexcept {
  const std::lock_guard lock(reader_);
  ledger_.report(total);
}

}  // namespace penstock::journal
