#include <thread>

#include "journal/journal_impl.hpp"

namespace penstock::journal {

Status Journal::Impl::purge(Outcome outcome, InstallId install_id, Afterwards afterwards) noexcept
    try {
  const std::lock_guard roll(roll_);  // nobody begins a segment
  seal_current();                     // and nobody reserves a record any more
  const std::lock_guard reader(reader_);
  look_at_earlier();
  const std::uint64_t last = last_seq();
  const std::uint64_t segments =
      (Cursor(cursor_.load()).generation() - done_.generation) % Cursor::kGenerations + 1;
  graveyard_.reserve(graveyard_.size() + segments);
  // Who has reserved a record before is about to commit it.
  while (pending() != 0) {
    settle_while([outcome](const Segment::Entry&) { return std::optional(outcome); });
    if (pending() != 0) std::this_thread::yield();
  }
  epoch_.fetch_add(1, std::memory_order_release);
  if (afterwards == Afterwards::kShut && refusal_ == StatusCode::kOk)
    refusal_ = StatusCode::kNotAllowed;
  if (install_id == InstallId::kNew) install_id_ = wire::random_uuid();
  return begin_after_purge(done_.generation, last);
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

// Those too that could not be read, or were set aside.
void Journal::Impl::remove_all_segments() const {
  const auto names = folder_.names();
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.ends_with(".seg") || name.ends_with(".bad")) folder_.remove(name.c_str());
  }
}

// All segments but the current one, which is sealed, are settled.
Status Journal::Impl::begin_after_purge(std::uint64_t generation, std::uint64_t last) noexcept try {
  Place& place = table_.at(generation);
  // Names go first and in any case, bytes when nobody looks at them any more.
  remove_all_segments();
  if (ledger_.install_id() != install_id_) ledger_.begin(install_id_);
  const std::uint64_t bytes = place.capacity.load();
  budget_.give_back(bytes);
  auto next = take_prepared();
  current_is_lost_ = true;
  if (!next) {
    budget_.take(bytes);
    place.segment.load()->lose_name();
    return next.status();
  }
  Status begun = next->begin(folder_, last + 1, install_id_);
  current_is_lost_ = !begun;
  const bool is_shut = current_is_lost_ || refusal_ != StatusCode::kOk;
  graveyard_.push_back(table_.take(generation));
  const std::uint64_t current = (generation + 1) % Cursor::kGenerations;
  table_.put(current, *std::move(next), is_shut ? kFirstRecord : 0);
  const Cursor cursor(current, 0, kFirstRecord);
  cursor_.store((is_shut ? cursor.sealed() : cursor).word());
  read_at_ = done_ = {current, kFirstRecord};
  return begun;
} catch (...) {
  refusal_ = StatusCode::kClosed;
  return {StatusCode::kOutOfMemory, {}};
}

void Journal::Impl::reopen() noexcept {
  const std::lock_guard lock(roll_);
  if (refusal_ != StatusCode::kNotAllowed) return;
  refusal_ = StatusCode::kOk;
  if (current_is_lost_) return;
  // Shut it was by purge(), and nothing was appended since.
  const std::uint64_t generation = Cursor(cursor_.load()).generation();
  table_.at(generation).sealed_end.store(0, std::memory_order_release);
  cursor_.store(Cursor(generation, 0, kFirstRecord).word());
}

}  // namespace penstock::journal
