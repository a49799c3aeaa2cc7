#include "journal/writer.hpp"

#include <utility>

#include "platform/cancellation.hpp"

namespace penstock::journal {
namespace {

using platform::MutexLock;

// Pages that open() makes present, for the first events; the sender does the rest.
constexpr std::size_t kPopulatedAtOpen = 64 * 1024;

}  // namespace

// --- append -----------------------------------------------------------------------------------

AppendResult Writer::append(std::string_view payload, RecordInfo info,
                            std::atomic<std::uint64_t>* announced) noexcept {
  if (payload.size() > options_.payload_bytes_max) return {StatusCode::kTooLarge, 0};
  const std::size_t bytes = record_bytes(payload.size());
  std::uint64_t word = segments_.cursor().load(std::memory_order_acquire);
  for (;;) {
    const Cursor cursor(word);
    Place& place = segments_.at(cursor.generation());
    if (cursor.offset() + bytes > place.capacity.load(std::memory_order_relaxed)) {
      const StatusCode code = roll(cursor);
      if (code != StatusCode::kOk) return {code, 0};
      word = segments_.cursor().load(std::memory_order_acquire);
      continue;
    }
    if (!segments_.cursor().compare_exchange_weak(word, cursor.after(bytes).word(),
                                                  std::memory_order_seq_cst,
                                                  std::memory_order_acquire)) {
      continue;
    }
    // The place, its bytes and its number are this thread's now.
    const std::uint64_t seq = place.base_seq.load(std::memory_order_relaxed) + cursor.index();
    if (announced != nullptr) announced->store(seq, std::memory_order_release);
    place.segment.load(std::memory_order_relaxed)->write(cursor.offset(), seq, info, payload);
    return {StatusCode::kOk, seq};
  }
}

StatusCode Writer::roll(Cursor seen) noexcept try {
  const platform::NoCancellation whole;
  const MutexLock lock(mutex_);
  if (refusal_ != StatusCode::kOk) return refusal_;
  if (segments_.cursor().load() != seen.word())
    return StatusCode::kOk;  // another thread was faster
  segments_.seal();
  auto next = reserve_.take();
  if (!next) return cannot_roll(next.status());
  const auto folder = segments_.folder();
  if (Status begun = next->begin(*folder, segments_.last_seq() + 1, segments_.install_id());
      !begun) {
    folder->remove(next->name());
    segments_.budget().give_back(next->size());
    return cannot_roll(std::move(begun));
  }
  const std::uint64_t generation = (seen.generation() + 1) % Cursor::kGenerations;
  segments_.table().put(generation, *std::move(next), 0);
  segments_.cursor().store(Cursor(generation, 0, kFirstRecord).word());
  current_is_lost_ = false;
  return StatusCode::kOk;
} catch (...) {  // the name of a file takes memory
  return StatusCode::kOutOfMemory;
}

StatusCode Writer::cannot_roll(Status why) noexcept {
  const StatusCode code = why.code();
  append_failure_ = why.message().empty() ? Status() : std::move(why);
  return code;
}

Status Writer::append_failure() const {
  const MutexLock lock(mutex_);
  return append_failure_;
}

void Writer::maintain() {
  if (segments_.cursor_now().offset() >= options_.segment_bytes / 2) reserve_.fill();
}

// --- Refusals ---------------------------------------------------------------------------------

void Writer::refuse_appends() noexcept {
  const MutexLock lock(mutex_);
  refusal_ = StatusCode::kClosed;
  segments_.seal();
}

void Writer::refuse(StatusCode code) noexcept {
  if (refusal_ != StatusCode::kClosed) refusal_ = code;
}

void Writer::reopen() noexcept {
  const MutexLock lock(mutex_);
  if (refusal_ != StatusCode::kNotAllowed) return;
  refusal_ = StatusCode::kOk;
  if (current_is_lost_) return;
  // Shut it was by purge(), and nothing was appended since.
  const std::uint64_t generation = Cursor(segments_.cursor().load()).generation();
  segments_.at(generation).sealed_end.store(0, std::memory_order_release);
  segments_.cursor().store(Cursor(generation, 0, kFirstRecord).word());
}

// --- begin ------------------------------------------------------------------------------------

Status Writer::begin(Recovered& recovered) {
  // Those before it get their generations when they have been looked at.
  const std::uint64_t generation = recovered.earlier.names.size();
  if (!recovered.last) return begin_first(recovered.next_seq, generation);
  return go_on_in(*std::exchange(recovered.last, std::nullopt), recovered.next_seq, generation);
}

Status Writer::begin_first(std::uint64_t next_seq, std::uint64_t generation) {
  auto first = reserve_.take_not_present();
  if (!first) return first.status();
  if (Status begun = first->begin(*segments_.folder(), next_seq, segments_.install_id()); !begun)
    return begun;
  first->populate(0, kPopulatedAtOpen);
  segments_.cursor().store(Cursor(generation, 0, kFirstRecord).word());
  segments_.table().put(generation, *std::move(first), 0);
  return {};
}

Status Writer::go_on_in(RecoveredSegment last, std::uint64_t next_seq, std::uint64_t generation) {
  segments_.budget().take(last.segment.size());
  if (Status status = enlarge(last); !status) return status;
  const bool has_room = last.end + record_bytes(options_.payload_bytes_max) <= last.segment.size();
  const std::uint64_t index = next_seq - last.segment.base_seq();
  if (index > Cursor::kIndexMax / 2) return too_damaged();
  const Cursor cursor(generation, index, last.end);
  segments_.cursor().store((has_room ? cursor : cursor.sealed()).word());
  segments_.table().put(generation, std::move(last.segment), has_room ? 0 : last.end);
  return {};
}

Status Writer::enlarge(RecoveredSegment& last) {
  if (last.segment.size() >= options_.segment_bytes) return {};
  auto whole = Segment::open(*segments_.folder(), last.segment.name(), options_.segment_bytes);
  if (!whole) return whole.status().code() == StatusCode::kStorageFull ? Status() : whole.status();
  segments_.budget().take(whole->size() - last.segment.size());
  last.segment = *std::move(whole);
  last.segment.populate(last.end, kPopulatedAtOpen);
  return {};
}

Status Writer::too_damaged() const {
  return {StatusCode::kIo,
          "too many segments in " + segments_.folder()->path().string() +
              " are damaged (they are *.bad now); move the folder away to begin a new one"};
}

Writer::Begun Writer::begin_after_purge() {
  const std::uint64_t generation = Cursor(segments_.cursor().load()).generation();
  const std::uint64_t bytes = segments_.at(generation).capacity.load();
  const std::uint64_t next_seq = segments_.last_seq() + 1;
  segments_.budget().give_back(bytes);
  auto next = reserve_.take();
  current_is_lost_ = true;
  if (!next) {
    segments_.budget().take(bytes);
    segments_.segment_at(generation).lose_name();
    return {std::nullopt, next.status()};
  }
  Status begun = next->begin(*segments_.folder(), next_seq, segments_.install_id());
  current_is_lost_ = !begun;
  const bool is_shut = current_is_lost_ || refusal_ != StatusCode::kOk;
  Segment replaced = segments_.table().take(generation);
  const std::uint64_t current = (generation + 1) % Cursor::kGenerations;
  segments_.table().put(current, *std::move(next), is_shut ? kFirstRecord : 0);
  const Cursor cursor(current, 0, kFirstRecord);
  segments_.cursor().store((is_shut ? cursor.sealed() : cursor).word());
  return {std::move(replaced), std::move(begun)};
}

bool Writer::current_is_gone() const noexcept {
  if (current_is_lost_) return false;
  const Segment& current = segments_.segment_at(segments_.cursor_now().generation());
  return !segments_.folder()->has(current.name());
}

}  // namespace penstock::journal
