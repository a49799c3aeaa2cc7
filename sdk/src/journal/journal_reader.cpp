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

void Journal::Impl::acknowledge(std::uint64_t seq) noexcept {
  std::uint64_t records = 0, last = 0;
  for (;;) {
    Segment& segment = *table_.at(done_.generation).segment.load(std::memory_order_acquire);
    const Segment::Entry entry = segment.at(done_.offset);
    if (entry.kind == Segment::Kind::kNothing) {
      const std::uint64_t generation = done_.generation;
      if (!step_to_next(done_)) break;
      let_go(generation);
      last = 0;
      continue;
    }
    if (entry.kind == Segment::Kind::kRecord) {
      if (entry.seq > seq) break;
      last = entry.seq;
      ++records;
    }
    done_.offset = entry.end;
  }
  if (last != 0) table_.at(done_.generation).segment.load()->set_acknowledged_seq(last);
  if (records == 0) return;
  acknowledged_.store(seq, std::memory_order_relaxed);
  done_records_.fetch_add(records, std::memory_order_release);
  if (is_before(read_at_, done_)) rewind();
}

void Journal::Impl::let_go(std::uint64_t generation) noexcept {
  const Segment segment = table_.take(generation);
  folder_.remove(segment.name());
  budget_.give_back(segment.size());
}

Status Journal::Impl::sync() noexcept try {
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
