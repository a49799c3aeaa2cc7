#include "journal/journal.hpp"

#include <string>

#include "journal/journal_impl.hpp"

namespace penstock::journal {

// --- Open and close -----------------------------------------------------------------------------

Status Journal::Impl::begin() {
  if (ledger_.install_id() != install_id_) ledger_.begin(install_id_);
  for (const auto& name : recovered_.earlier) earlier_bytes_ += folder_.bytes_of(name.c_str());
  budget_.take(earlier_bytes_);
  // Those before it get their generations when they have been looked at.
  const std::uint64_t generation = recovered_.earlier.size();
  if (recovered_.last) {
    RecoveredSegment last = *std::exchange(recovered_.last, std::nullopt);
    budget_.take(last.segment.size());
    if (Status status = resume(last); !status) return status;
    const bool has_room =
        last.end + record_bytes(options_.payload_bytes_max) <= last.segment.size();
    const std::uint64_t index = recovered_.next_seq - last.segment.base_seq();
    if (index > Cursor::kIndexMax / 2) return too_damaged();
    const Cursor cursor(generation, index, last.end);
    cursor_.store((has_room ? cursor : cursor.sealed()).word());
    recovered_records_.store(last.pending);
    table_.put(generation, std::move(last.segment), has_room ? 0 : last.end);
  } else {
    auto first = prepare(Present::kNot);
    if (!first) return first.status();
    if (Status status = first->begin(folder_, recovered_.next_seq, install_id_); !status)
      return status;
    first->populate(0, kPopulatedAtOpen);
    cursor_.store(Cursor(generation, 0, kFirstRecord).word());
    table_.put(generation, *std::move(first), 0);
  }
  recovered_seq_ = last_seq();
  done_ = {generation, kFirstRecord};
  begin_reading();
  return {};
}

// At the first record that is pending.
void Journal::Impl::begin_reading() noexcept {
  const Segment& oldest = *table_.at(done_.generation).segment.load();
  const std::uint64_t settled = std::max(oldest.base_seq() - 1, oldest.acknowledged_seq());
  acknowledged_.store(settled);
  move_done(walk(done_, [settled](const auto& entry) { return entry.seq <= settled; }));
  read_at_ = done_;
}

// The rest of recovery, for whoever reads first. Under reader_.
void Journal::Impl::look_at_earlier() noexcept try {
  if (recovered_.earlier.empty()) return;
  auto segments = recover_earlier(folder_, ledger_, recovered_, report_);
  recovered_.earlier.clear();
  budget_.give_back(earlier_bytes_);
  std::uint64_t pending = 0, generation = done_.generation - segments.size();
  done_ = {generation, segments.empty() ? done_.offset : kFirstRecord};
  for (auto& found : segments) {
    pending += found.pending;
    budget_.take(found.segment.size());
    table_.put(generation++, std::move(found.segment), found.end);
  }
  recovered_records_.fetch_add(pending, std::memory_order_release);
  begin_reading();
} catch (...) {  // no memory: the next who reads tries again
}

RecoveryReport Journal::Impl::recovery() noexcept {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  return report_;
}

Status Journal::Impl::too_damaged() const {
  return {StatusCode::kIo,
          "too many segments in " + folder_.path().string() +
              " are damaged (they are *.bad now); move the folder away to begin a new one"};
}

// Gives the last segment its full size back, so that it can be written on. If the disk has no room
// for that, it stays as it is, and is only read.
Status Journal::Impl::resume(RecoveredSegment& last) {
  if (last.segment.size() >= options_.segment_bytes) return {};
  auto whole = Segment::open(folder_, last.segment.name(), options_.segment_bytes);
  if (!whole) return whole.status().code() == StatusCode::kStorageFull ? Status() : whole.status();
  budget_.take(whole->size() - last.segment.size());
  last.segment = *std::move(whole);
  last.segment.populate(last.end, kPopulatedAtOpen);
  return {};
}

Journal::Impl::~Impl() {
  const Cursor cursor(cursor_.load());
  Place& place = table_.at(cursor.generation());
  if (place.segment.load() == nullptr) return;
  if (spare_) folder_.remove(spare_->name());
  const std::size_t end = cursor.is_sealed() ? place.sealed_end.load() : cursor.offset();
  std::optional<Segment> last = table_.take(cursor.generation());
  const std::string name = last->name();
  last.reset();  // first: nothing may be mapped behind a file's end
  // Space that this fails to give back is used by the next open.
  static_cast<void>(folder_.shrink(name.c_str(), end));
}

// --- Journal ------------------------------------------------------------------------------------

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder,
                                               const JournalOptions& options) noexcept try {
  auto held = platform::Folder::open(folder);
  if (!held) return held.status();
  auto ledger = Ledger::open(*held);
  if (!ledger) return ledger.status();
  auto recovered = recover_last(*held, *ledger);
  if (!recovered) return recovered.status();
  auto impl =
      std::make_unique<Impl>(*std::move(held), options, *std::move(recovered), *std::move(ledger));
  if (Status status = impl->begin(); !status) return status;
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
} catch (...) {
  return Status(StatusCode::kOutOfMemory, {});
}

Journal::Journal(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Journal::~Journal() = default;
AppendResult Journal::append(std::string_view payload, RecordInfo info) noexcept {
  return impl_->append(payload, info);
}
Status Journal::append_failure() const { return impl_->append_failure(); }
void Journal::refuse_appends() noexcept { impl_->refuse_appends(); }
std::size_t Journal::read(std::size_t records_max, std::size_t bytes_max,
                          std::vector<Record>& out) noexcept {
  return impl_->read(records_max, bytes_max, out);
}
void Journal::rewind() noexcept { impl_->rewind(); }
std::uint64_t Journal::settle(std::uint64_t seq, Outcome outcome,
                              std::span<const std::uint64_t> rejected) noexcept {
  return impl_->settle(seq, outcome, rejected);
}
std::uint64_t Journal::give_up_expired(std::uint32_t cutoff) noexcept {
  return impl_->give_up_expired(cutoff);
}
Status Journal::purge(Outcome outcome, InstallId install_id, Afterwards afterwards) noexcept {
  return impl_->purge(outcome, install_id, afterwards);
}
void Journal::reopen() noexcept { impl_->reopen(); }
void Journal::refuse(wire::DropReason reason, wire::TypeId type) noexcept {
  impl_->refuse(reason, type);
}
Journal::Counts Journal::counts() noexcept { return impl_->counts(); }
DropTotals Journal::dropped() const noexcept { return impl_->dropped(); }
DropTotals Journal::reported() const noexcept { return impl_->reported(); }
void Journal::report(const DropTotals& total) noexcept { impl_->report(total); }
bool Journal::is_gone() const noexcept { return impl_->is_gone(); }
Status Journal::move_to(const std::filesystem::path& folder) noexcept {
  return impl_->move_to(folder);
}
void Journal::maintain() noexcept { impl_->maintain(); }
Status Journal::sync() noexcept { return impl_->sync(); }
std::uint64_t Journal::last_seq() const noexcept { return impl_->last_seq(); }
std::uint64_t Journal::acknowledged_seq() const noexcept { return impl_->acknowledged_seq(); }
std::uint64_t Journal::pending() const noexcept { return impl_->pending(); }
std::uint64_t Journal::recovered() const noexcept { return impl_->recovered(); }
std::uint64_t Journal::disk_bytes() const noexcept { return impl_->disk_bytes(); }
RecoveryReport Journal::recovery() noexcept { return impl_->recovery(); }
std::string Journal::install_id() const { return impl_->install_id(); }
std::uint64_t Journal::epoch() const noexcept { return impl_->epoch(); }

}  // namespace penstock::journal
