#include "journal/reader.hpp"

#include <thread>
#include <utility>

namespace penstock::journal {

using platform::MutexLock;

// --- Recovery ---------------------------------------------------------------------------------

void Reader::begin(std::uint64_t pending) noexcept {
  const MutexLock lock(mutex_);
  const auto folder = segments_.folder();
  for (const auto& name : earlier_.names) earlier_bytes_ += folder->bytes_of(name.c_str());
  segments_.budget().take(earlier_bytes_);
  recovered_records_.store(pending);
  recovered_seq_ = segments_.last_seq();
  done_ = {segments_.cursor_now().generation(), kFirstRecord};
  begin_reading();
}

void Reader::begin_reading() noexcept {
  const Segment& oldest = segments_.segment_at(done_.generation);
  const std::uint64_t settled = std::max(oldest.base_seq() - 1, oldest.acknowledged_seq());
  acknowledged_.store(settled);
  move_done(segments_.walk(done_, [settled](const auto& entry) { return entry.seq <= settled; }));
  read_at_ = done_;
}

void Reader::look_at_earlier() noexcept try {
  if (earlier_.names.empty()) return;
  auto segments = recover_earlier(*segments_.folder(), ledger_, earlier_, report_);
  earlier_.names.clear();
  segments_.budget().give_back(earlier_bytes_);
  std::uint64_t pending = 0, generation = done_.generation - segments.size();
  done_ = {generation, segments.empty() ? done_.offset : kFirstRecord};
  for (auto& found : segments) {
    pending += found.pending;
    segments_.budget().take(found.segment.size());
    segments_.table().put(generation++, std::move(found.segment), found.end);
  }
  recovered_records_.fetch_add(pending, std::memory_order_release);
  begin_reading();
} catch (...) {  // no memory: the next who reads tries again
}

RecoveryReport Reader::recovery() noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  return report_;
}

void Reader::populate() noexcept {
  const MutexLock lock(mutex_);  // or a purge could take away what the cursor shows
  if (std::exchange(populated_, true)) return;
  const Cursor cursor = segments_.cursor_now();
  if (cursor.is_sealed()) return;
  segments_.segment_at(cursor.generation())
      .populate(cursor.offset(), segments_.at(cursor.generation()).capacity);
}

// --- read -------------------------------------------------------------------------------------

std::size_t Reader::read(std::size_t records_max, std::size_t bytes_max,
                         std::vector<Record>& out) noexcept try {
  const MutexLock lock(mutex_);
  look_at_earlier();
  out.reserve(out.size() + records_max);
  std::size_t records = 0, bytes = 0;
  while (records < records_max) {
    const Segment::Entry entry = segments_.segment_at(read_at_.generation).at(read_at_.offset);
    if (entry.kind == Segment::Kind::kNothing) {
      if (!segments_.step_to_next(read_at_)) break;
      continue;
    }
    if (entry.kind == Segment::Kind::kRecord) {
      if (records > 0 && bytes + entry.payload.size() > bytes_max) break;
      out.push_back({entry.seq, entry.payload});
      ++records;
      bytes += entry.payload.size();
    }
    read_at_.offset = entry.end;
  }
  return records;
} catch (...) {  // no memory for `out`: nothing was read
  return 0;
}

void Reader::rewind() noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  read_at_ = done_;
  graveyard_.clear();
}

std::uint64_t Reader::pending() const noexcept {
  // First: what is done was appended before.
  const std::uint64_t done = done_records_.load(std::memory_order_acquire);
  return recovered() + (segments_.last_seq() - recovered_seq_) - done;
}

// --- settle -----------------------------------------------------------------------------------

template <typename FateOf>
std::uint64_t Reader::settle_while(FateOf fate_of) noexcept {
  Settled counts{};
  std::uint64_t records = 0, last = 0;
  const Position end = segments_.walk(done_, [&](const Segment::Entry& entry) {
    const std::optional<Fate> fate = fate_of(entry);
    if (!fate) return false;
    ++counts[entry.info.row()][code_of(*fate)];
    last = entry.seq;
    ++records;
    return true;
  });
  // The ledger first: a kill behind it finds them counted, and recovery believes the ledger.
  if (records != 0) ledger_.settle(segments_.install_id(), last, counts);
  move_done(end);
  if (records != 0) is_settled(last, records);
  return records;
}

void Reader::is_settled(std::uint64_t last, std::uint64_t records) noexcept {
  Segment& segment = segments_.segment_at(done_.generation);
  if (last >= segment.base_seq()) segment.set_acknowledged_seq(last);
  acknowledged_.store(last, std::memory_order_relaxed);
  done_records_.fetch_add(records, std::memory_order_release);
  if (read_at_.is_before(done_)) read_at_ = done_;
}

std::uint64_t Reader::settle(std::uint64_t seq, Fate fate,
                             std::span<const std::uint64_t> rejected) noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  const std::uint64_t settled =
      settle_while([&](const Segment::Entry& entry) -> std::optional<Fate> {
        if (entry.seq > seq) return std::nullopt;
        while (!rejected.empty() && rejected.front() < entry.seq) rejected = rejected.subspan(1);
        const bool is_rejected = !rejected.empty() && rejected.front() == entry.seq;
        return is_rejected ? Fate::kRejected : fate;
      });
  graveyard_.clear();
  return settled;
}

std::uint64_t Reader::give_up_expired(std::uint32_t cutoff) noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  const std::uint64_t settled =
      settle_while([cutoff](const Segment::Entry& entry) -> std::optional<Fate> {
        if (entry.info.recorded_at == 0 || entry.info.recorded_at >= cutoff) return std::nullopt;
        return wire::DropReason::kExpired;
      });
  read_at_ = done_;
  graveyard_.clear();
  return settled;
}

void Reader::move_done(Position to) noexcept {
  while (done_.generation != to.generation) {
    let_go(done_.generation);
    done_.generation = (done_.generation + 1) % Cursor::kGenerations;
  }
  done_ = to;
}

// Its pages stay for those who still look at what they have read of it.
void Reader::let_go(std::uint64_t generation) noexcept {
  Segment segment = segments_.table().take(generation);
  segments_.folder()->remove(segment.name());
  segments_.budget().give_back(segment.size());
  if (graveyard_.size() < graveyard_.capacity()) graveyard_.push_back(std::move(segment));
}

// --- counts and sync --------------------------------------------------------------------------

Counts Reader::counts() noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  Counts counts;
  counts.settled = ledger_.settled();
  for (std::size_t reason = 0; reason < kRefusalCodes; ++reason) {
    for (std::size_t type = 0; type < kTypeCodes; ++type)
      counts.refused[reason][type] = ledger_.refused(reason, type);
  }
  segments_.walk(done_, [&](const Segment::Entry& entry) {
    ++counts.pending[entry.info.row()];
    return true;
  });
  return counts;
}

bool Reader::has_recorded(std::uint64_t seq) noexcept {
  const MutexLock lock(mutex_);
  look_at_earlier();
  if (seq <= acknowledged_.load(std::memory_order_relaxed)) return seq != 0;
  bool found = false;
  segments_.walk(done_, [&](const Segment::Entry& entry) {
    found = entry.seq == seq;
    return !found;
  });
  return found;
}

Status Reader::sync() noexcept try {
  const MutexLock lock(mutex_);
  const std::uint64_t current = segments_.cursor_now().generation();
  for (std::uint64_t generation = done_.generation;;
       generation = (generation + 1) % Cursor::kGenerations) {
    const Place& place = segments_.at(generation);
    const std::size_t sealed_end = place.sealed_end.load(std::memory_order_acquire);
    const std::size_t bytes =
        sealed_end != 0 ? sealed_end : place.capacity.load(std::memory_order_relaxed);
    if (Status status = segments_.segment_at(generation).sync(bytes); !status) return status;
    if (generation == current) break;
  }
  if (synced_generation_ == current) return {};
  synced_generation_ = current;
  return segments_.folder()->sync();
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

// --- For purge and move -----------------------------------------------------------------------

void Reader::drop_all(wire::DropReason reason) {
  look_at_earlier();
  const std::uint64_t segments =
      (segments_.cursor_now().generation() - done_.generation) % Cursor::kGenerations + 1;
  graveyard_.reserve(graveyard_.size() + segments);
  // Who has reserved a record before is about to commit it.
  while (pending() != 0) {
    settle_while([reason](const Segment::Entry&) { return std::optional<Fate>(reason); });
    if (pending() != 0) std::this_thread::yield();
  }
  epoch_.fetch_add(1, std::memory_order_release);
}

void Reader::go_on_behind(Segment replaced) noexcept {
  if (graveyard_.size() < graveyard_.capacity()) graveyard_.push_back(std::move(replaced));
  read_at_ = done_ = {segments_.cursor_now().generation(), kFirstRecord};
}

void Reader::wait_until_committed() noexcept {
  look_at_earlier();
  const std::uint64_t current = segments_.cursor_now().generation();
  const Position end{current, segments_.at(current).sealed_end.load()};
  for (;;) {
    // Behind the end is what another process has written that took the files for an orphan's.
    if (!segments_.walk(done_, [](const auto&) { return true; }).is_before(end)) return;
    std::this_thread::yield();
  }
}

Status Reader::move_pending(const platform::Folder& folder, bool with_current) {
  const std::uint64_t current = segments_.cursor_now().generation();
  for (std::uint64_t generation = done_.generation;;
       generation = (generation + 1) % Cursor::kGenerations) {
    if (generation == current && !with_current) return {};
    if (Status moved = segments_.segment_at(generation).move_to(folder); !moved) return moved;
    if (generation == current) return {};
  }
}

}  // namespace penstock::journal
