#include "journal/journal_impl.hpp"

namespace penstock::journal {

bool Journal::Impl::step_to_next(Position& position) const noexcept {
  const std::size_t sealed_end =
      table_.at(position.generation).sealed_end.load(std::memory_order_acquire);
  if (sealed_end == 0 || position.offset < sealed_end) return false;
  const Cursor cursor(cursor_.load(std::memory_order_acquire));
  if (cursor.generation() == position.generation) return false;
  position = {(position.generation + 1) % Cursor::kGenerations, kFirstRecord};
  return true;
}

bool Journal::Impl::is_before(const Position& position, const Position& other) noexcept {
  if (position.generation == other.generation) return position.offset < other.offset;
  return (other.generation - position.generation) % Cursor::kGenerations < Cursor::kGenerations / 2;
}

std::size_t Journal::Impl::read(std::size_t records_max, std::size_t bytes_max,
                                std::vector<Record>& out) noexcept try {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  out.reserve(out.size() + records_max);
  std::size_t records = 0, bytes = 0;
  while (records < records_max) {
    const Segment& segment =
        *table_.at(read_at_.generation).segment.load(std::memory_order_acquire);
    const Segment::Entry entry = segment.at(read_at_.offset);
    if (entry.kind == Segment::Kind::kNothing) {
      if (!step_to_next(read_at_)) break;
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

void Journal::Impl::rewind() noexcept {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  read_at_ = done_;
  graveyard_.clear();
}

std::uint64_t Journal::Impl::settle(std::uint64_t seq, Outcome outcome,
                                    std::span<const std::uint64_t> rejected) noexcept {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  const std::uint64_t settled =
      settle_while([&](const Segment::Entry& entry) -> std::optional<Outcome> {
        if (entry.seq > seq) return std::nullopt;
        while (!rejected.empty() && rejected.front() < entry.seq) rejected = rejected.subspan(1);
        const bool is_rejected = !rejected.empty() && rejected.front() == entry.seq;
        return is_rejected ? Outcome::kRejected : outcome;
      });
  graveyard_.clear();
  return settled;
}

std::uint64_t Journal::Impl::give_up_expired(std::uint32_t cutoff) noexcept {
  const std::lock_guard lock(reader_);
  look_at_earlier();
  const std::uint64_t settled =
      settle_while([cutoff](const Segment::Entry& entry) -> std::optional<Outcome> {
        if (entry.info.recorded_at == 0 || entry.info.recorded_at >= cutoff) return std::nullopt;
        return Outcome::kExpired;
      });
  read_at_ = done_;
  graveyard_.clear();
  return settled;
}

void Journal::Impl::move_done(Position to) noexcept {
  while (done_.generation != to.generation) {
    let_go(done_.generation);
    done_.generation = (done_.generation + 1) % Cursor::kGenerations;
  }
  done_ = to;
}

// Its pages stay for those who still look at what they have read of it.
void Journal::Impl::let_go(std::uint64_t generation) noexcept {
  Segment segment = table_.take(generation);
  folder_.remove(segment.name());
  budget_.give_back(segment.size());
  if (graveyard_.size() < graveyard_.capacity()) graveyard_.push_back(std::move(segment));
}

Status Journal::Impl::sync() noexcept try {
  const std::lock_guard lock(reader_);
  const Cursor cursor(cursor_.load(std::memory_order_acquire));
  for (std::uint64_t generation = done_.generation;;
       generation = (generation + 1) % Cursor::kGenerations) {
    const Place& place = table_.at(generation);
    const std::size_t sealed_end = place.sealed_end.load(std::memory_order_acquire);
    const std::size_t bytes =
        sealed_end != 0 ? sealed_end : place.capacity.load(std::memory_order_relaxed);
    if (Status status = place.segment.load(std::memory_order_acquire)->sync(bytes); !status)
      return status;
    if (generation == cursor.generation()) break;
  }
  if (synced_generation_ == cursor.generation()) return {};
  synced_generation_ = cursor.generation();
  return folder_.sync();
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

}  // namespace penstock::journal
