#include "transport/sources.hpp"

#include <utility>

#include "session/killed_session.hpp"

namespace penstock::transport {
namespace {

using journal::Journal;
using platform::Clock;
using wire::DropReason;

// Slots that are held besides the own one.
constexpr std::size_t kOrphansAtOnce = 4;

// What is found is deleted, and a session there ends with it.
void purge_all(const journal::Slot& slot, Journal& journal, DropReason reason) {
  session::forget_session(slot.folder());
  static_cast<void>(journal.purge(reason, reason == DropReason::kForgotten
                                              ? Journal::InstallId::kNew
                                              : Journal::InstallId::kKept));
}

}  // namespace

Sources::Sources(const Options& options, Source own, consent::ConsentGate& consent,
                 SenderControl& control, const platform::TimeSource& time)
    : directory_(options.directory),
      journal_options_(journal_options(options)),
      adopt_interval_(options.adopt_interval),
      consent_(consent),
      control_(control),
      time_(time),
      own_(std::move(own)) {}

// --- The client's own ---------------------------------------------------------------------------

// Not only what was acknowledged: the last number may be that of an event that a kill tore, and
// that will never be sent.
std::uint64_t Sources::own_settled_seq() const {
  const std::uint64_t last = own_.journal->last_seq();  // first: what pending() counts is no older
  return own_.journal->reader().pending() == 0 ? last : own_.journal->reader().acknowledged_seq();
}

Status Sources::restore_own_if_gone() noexcept try {
  const std::lock_guard lock(restoring_);
  if (!own_.slot.is_gone() && !own_.journal->is_gone()) {
    if (!own_.sessions || !own_.sessions->is_gone()) return {};
    return own_.sessions->move_to(own_.slot.folder());
  }
  auto slot = journal::Slot::take_empty(directory_);
  if (!slot) return slot.status();
  if (Status moved = own_.journal->move_to(slot->folder()); !moved) return moved;
  if (own_.sessions) {
    if (Status moved = own_.sessions->move_to(slot->folder()); !moved) return moved;
  }
  own_.slot = *std::move(slot);
  return consent_.keep_again();
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

void Sources::purge_own_if_denied() {
  if (consent_.state() != Consent::kDenied || own_.journal->reader().pending() == 0) return;
  static_cast<void>(own_.journal->purge(DropReason::kConsentDenied, Journal::InstallId::kKept,
                                        Journal::Afterwards::kShut));
  if (own_.sessions) own_.sessions->abandon();
}

// --- Orphans ------------------------------------------------------------------------------------

void Sources::recover() {
  const journal::RecoveryReport report = own_.journal->reader().recovery();
  publish([&](SenderStats& stats) { stats.torn += report.torn_records; });
  adopt_orphans();
}

void Sources::adopt_orphans() {
  flushes_seen_ = control_.flush_count();  // first
  next_adoption_ =
      adopt_interval_.count() == 0 ? Clock::time_point::max() : Clock::now() + adopt_interval_;
  std::uint64_t adopted = 0, torn = 0;
  journal::Slot::visit_orphans(directory_, [&](journal::Slot slot) {
    auto journal = Journal::open(slot.folder(), journal_options_);
    if (!journal) return true;  // left as it is: the next process tries again
    Source orphan(std::move(slot), *std::move(journal));
    const journal::RecoveryReport left = orphan.journal->reader().recovery();
    adopted += left.records;
    torn += left.torn_records;
    if (consent_.state() == Consent::kDenied)
      purge_all(orphan.slot, *orphan.journal, DropReason::kConsentDenied);
    else if (consent_.may_record())
      adopted += session::end_killed_session(orphan.slot.folder(), *orphan.journal,
                                             own_.sessions ? own_.sessions->rules() : nullptr);
    if (orphan.journal->reader().pending() != 0)
      orphans_.push_back(std::move(orphan));
    else
      of_released_ += orphan.since();
    return orphans_.size() < kOrphansAtOnce;
  });
  more_orphans_ = orphans_.size() == kOrphansAtOnce;
  publish([&](SenderStats& stats) {
    stats.adopted_in_orphans += adopted;
    stats.torn += torn;
    if (more_orphans_) return;
    stats.flushes_seen = flushes_seen_;
    stats.recovered = true;
  });
}

bool Sources::adoption_is_due() const noexcept {
  return Clock::now() >= next_adoption_ || control_.flush_count() != flushes_seen_;
}

void Sources::release_first_orphan() {
  of_released_ += orphans_.front().since();
  orphans_.pop_front();
  publish([](SenderStats&) {});
  if (orphans_.empty() && more_orphans_) adopt_orphans();
}

std::uint64_t Sources::pending_in_orphans() const {
  std::uint64_t pending = 0;
  for (const Source& orphan : orphans_) pending += orphan.journal->reader().pending();
  return pending;
}

journal::Totals Sources::totals_of_orphans() const {
  journal::Totals totals = of_released_;
  for (const Source& orphan : orphans_) totals += orphan.since();
  return totals;
}

void Sources::purge_orphans(DropReason reason, const consent::ErasureQueue& erasures) {
  const auto purge = [&](const journal::Slot& slot, Journal& journal) {
    if (reason == DropReason::kForgotten)
      static_cast<void>(erasures.add(journal.install_id(), time_.unix_milliseconds()));
    purge_all(slot, journal, reason);
  };
  for (Source& orphan : orphans_) purge(orphan.slot, *orphan.journal);
  // And what was not adopted at open, since its process lived then.
  for (const auto& slot : journal::Slot::take_orphans(directory_)) {
    auto journal = Journal::open(slot.folder(), journal_options_);
    if (journal) purge(slot, **journal);
  }
  publish([](SenderStats&) {});
}

}  // namespace penstock::transport
