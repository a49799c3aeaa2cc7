#include "journal/journal_impl.hpp"
#include "platform/cancellation.hpp"

namespace penstock::journal {

AppendResult Journal::Impl::append(std::string_view payload, RecordInfo info) noexcept {
  if (payload.size() > options_.payload_bytes_max) return {StatusCode::kTooLarge, 0};
  const std::size_t bytes = record_bytes(payload.size());
  std::uint64_t word = cursor_.load(std::memory_order_acquire);
  for (;;) {
    const Cursor cursor(word);
    Place& place = table_.at(cursor.generation());
    if (cursor.offset() + bytes > place.capacity.load(std::memory_order_relaxed)) {
      const StatusCode code = roll(cursor);
      if (code != StatusCode::kOk) return {code, 0};
      word = cursor_.load(std::memory_order_acquire);
      continue;
    }
    if (!cursor_.compare_exchange_weak(word, cursor.after(bytes).word(), std::memory_order_seq_cst,
                                       std::memory_order_acquire)) {
      continue;
    }
    // The place, its bytes and its number are this thread's now.
    const std::uint64_t seq = place.base_seq.load(std::memory_order_relaxed) + cursor.index();
    place.segment.load(std::memory_order_relaxed)->write(cursor.offset(), seq, info, payload);
    return {StatusCode::kOk, seq};
  }
}

std::uint64_t Journal::Impl::last_seq() const noexcept {
  for (;;) {
    const Cursor cursor(cursor_.load(std::memory_order_seq_cst));
    // Acquire: whoever gave the place to another segment had moved the cursor before.
    const std::uint64_t base =
        table_.at(cursor.generation()).base_seq.load(std::memory_order_acquire);
    if (Cursor(cursor_.load(std::memory_order_relaxed)).generation() == cursor.generation()) {
      return base + cursor.index() - 1;
    }
  }
}

StatusCode Journal::Impl::roll(Cursor seen) noexcept try {
  const platform::NoCancellation whole;
  const std::lock_guard<std::mutex> lock(roll_);
  if (refusal_ != StatusCode::kOk) return refusal_;
  if (cursor_.load() != seen.word()) return StatusCode::kOk;  // another thread was faster
  const std::uint64_t generation = seen.generation();
  seal_current();
  auto next = take_prepared();
  if (!next) return cannot_roll(next.status());
  if (Status begun = next->begin(folder_, last_seq() + 1, install_id_); !begun) {
    folder_.remove(next->name());
    budget_.give_back(next->size());
    return cannot_roll(std::move(begun));
  }
  table_.put((generation + 1) % Cursor::kGenerations, *std::move(next), 0);
  cursor_.store(Cursor(generation + 1, 0, kFirstRecord).word());
  current_is_lost_ = false;
  return StatusCode::kOk;
} catch (...) {  // the name of a file takes memory
  return StatusCode::kOutOfMemory;
}

StatusCode Journal::Impl::cannot_roll(Status why) noexcept {
  const StatusCode code = why.code();
  append_failure_ = why.message().empty() ? Status() : std::move(why);
  return code;
}

Status Journal::Impl::append_failure() const {
  const std::lock_guard<std::mutex> lock(roll_);
  return append_failure_;
}

// Nobody reserves in the current segment any more; where it ends is known from then on. Only under
// roll_.
void Journal::Impl::seal_current() noexcept {
  std::uint64_t word = cursor_.load();
  if (Cursor(word).is_sealed()) return;
  while (!cursor_.compare_exchange_weak(word, Cursor(word).sealed().word())) {
  }
  const Cursor last(word);
  table_.at(last.generation()).sealed_end.store(last.offset(), std::memory_order_release);
}

void Journal::Impl::refuse_appends() noexcept {
  const std::lock_guard<std::mutex> lock(roll_);
  refusal_ = StatusCode::kClosed;
  seal_current();
}

Result<Segment> Journal::Impl::take_prepared() {
  {
    const std::lock_guard<std::mutex> lock(spare_mutex_);
    if (spare_) return *std::exchange(spare_, std::nullopt);
  }
  return prepare(Present::kYes);
}

Result<Segment> Journal::Impl::prepare(Present present) {
  if (!budget_.try_take(options_.segment_bytes)) return Status(StatusCode::kStorageFull, {});
  auto segment = Segment::prepare(folder_, prepared_.fetch_add(1), options_.segment_bytes, present);
  if (!segment) budget_.give_back(options_.segment_bytes);
  return segment;
}

void Journal::Impl::maintain() noexcept try {
  const std::lock_guard<std::mutex> tending(tending_);
  if (!populated_) {
    populated_ = true;
    const std::lock_guard lock(reader_);  // or purge() could take away what the cursor shows
    const Cursor cursor(cursor_.load(std::memory_order_acquire));
    const Place& place = table_.at(cursor.generation());
    if (!cursor.is_sealed())
      place.segment.load(std::memory_order_acquire)->populate(cursor.offset(), place.capacity);
  }
  const Cursor cursor(cursor_.load(std::memory_order_acquire));
  if (cursor.offset() < options_.segment_bytes / 2) return;
  {
    const std::lock_guard<std::mutex> lock(spare_mutex_);
    if (spare_) return;
  }
  auto segment = prepare(Present::kYes);
  if (!segment) return;
  const std::lock_guard<std::mutex> lock(spare_mutex_);
  spare_ = *std::move(segment);
} catch (...) {  // no memory for an error's text: append() will try for itself
}

}  // namespace penstock::journal
