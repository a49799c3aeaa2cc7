#include "journal/journal.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "journal/cursor.hpp"
#include "journal/disk_budget.hpp"
#include "journal/recovery.hpp"
#include "journal/segment_table.hpp"
#include "platform/folder.hpp"
#include "platform/fork_guard.hpp"

namespace penstock::journal {

// Who may touch what:
//   cursor_, table_, budget_, acknowledged_           any thread, atomics
//   spare_                                            any thread, under spare_mutex_
//   roll_, closed_                                    appending threads, when a segment is full
//   read_at_, done_, done_records_, synced_generation_  the sender
// A segment is deleted by the sender alone, once it is sealed and every record of it was
// acknowledged. Whoever has reserved a record has not committed it yet, so it is not acknowledged
// either, and its segment is there.
class Journal::Impl {
 public:
  Impl(platform::Folder folder, const JournalOptions& options, Recovered& recovered)
      : folder_(std::move(folder)),
        options_(options),
        report_(recovered.report),
        install_id_(recovered.install_id),
        install_id_text_(install_id_.text()),
        table_(recovered.segments.size() + segments_max(options) + kSegmentsBeside),
        budget_(segments_max(options) * options.segment_bytes) {}
  ~Impl();

  Status begin(Recovered& recovered);

  AppendResult append(std::string_view payload) noexcept;
  void refuse_appends() noexcept;
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept;
  void rewind() noexcept { read_at_ = done_; }
  void acknowledge(std::uint64_t seq) noexcept;
  void maintain() noexcept;
  Status sync() noexcept;

  std::uint64_t last_seq() const noexcept;
  std::uint64_t acknowledged_seq() const noexcept {
    return acknowledged_.load(std::memory_order_relaxed);
  }
  std::uint64_t pending() const noexcept {
    const std::uint64_t done =
        done_records_.load(std::memory_order_acquire);  // first: done was recorded before
    return report_.records + (last_seq() - recovered_seq_) - done;
  }
  std::uint64_t disk_bytes() const noexcept { return budget_.used(); }
  const RecoveryReport& recovery() const noexcept { return report_; }
  const std::string& install_id() const noexcept { return install_id_text_; }

 private:
  struct Position {
    std::uint64_t generation = 0;
    std::size_t offset = kFirstRecord;
  };
  static constexpr std::uint64_t kSegmentsBeside =
      4;  // the current one, the next, one being made, one being let go
  // A budget of more segments than half the generations is cut to that: 4 GiB at the smallest
  // segments.
  static std::uint64_t segments_max(const JournalOptions& options) noexcept {
    return std::min(options.disk_bytes_max / options.segment_bytes, Cursor::kGenerations / 2);
  }

  Status resume(RecoveredSegment& last);
  Status too_damaged() const;
  // kOk: another segment is there, or was meanwhile; try again.
  StatusCode roll(Cursor seen) noexcept;
  void seal_current() noexcept;
  Result<Segment> take_prepared();
  Result<Segment> prepare();
  // Moves to the next segment if `position` is at the end of its own, and there is one.
  bool step_to_next(Position& position) const noexcept;
  // `position` is behind `other`, by less than half of all generations.
  static bool is_before(const Position& position, const Position& other) noexcept;
  void let_go(std::uint64_t generation) noexcept;

  const platform::Folder folder_;
  const JournalOptions options_;
  const RecoveryReport report_;
  const wire::Uuid install_id_;
  const std::string install_id_text_;
  const platform::ForkGuard fork_guard_;
  SegmentTable table_;
  DiskBudget budget_;
  std::uint64_t recovered_seq_ = 0;  // last_seq() after open()
  std::uint64_t synced_generation_ =
      Cursor::kGenerations;  // whose file's name is on the disk; none at first

  alignas(64) std::atomic<std::uint64_t> cursor_{0};

  alignas(64) std::mutex roll_;
  bool closed_ = false;
  std::mutex spare_mutex_;  // held for a move only
  std::optional<Segment> spare_;
  std::atomic<std::uint64_t> prepared_{0};  // names temporary files

  alignas(64) Position read_at_;
  Position done_;
  std::atomic<std::uint64_t> done_records_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
};

// --- Open and close -----------------------------------------------------------------------------

Status Journal::Impl::begin(Recovered& recovered) {
  std::uint64_t generation = 0;
  for (auto& found : recovered.segments) {
    budget_.take(found.segment.size());
    const bool is_last = &found == &recovered.segments.back();
    std::size_t sealed_end = found.end;
    if (is_last) {
      if (Status status = resume(found); !status) return status;
      const bool has_room =
          found.end + record_bytes(options_.payload_bytes_max) <= found.segment.size();
      const std::uint64_t index = recovered.next_seq - found.segment.base_seq();
      if (index > Cursor::kIndexMax / 2) return too_damaged();
      const Cursor cursor(generation, index, found.end);
      cursor_.store((has_room ? cursor : cursor.sealed()).word());
      if (has_room) sealed_end = 0;
    }
    table_.put(generation++, std::move(found.segment), sealed_end);
  }
  if (recovered.segments.empty()) {
    auto first = prepare();
    if (!first) return first.status();
    if (Status status = first->begin(folder_, recovered.next_seq, install_id_); !status)
      return status;
    cursor_.store(Cursor(0, 0, kFirstRecord).word());
    table_.put(0, *std::move(first), 0);
  }
  recovered_seq_ = last_seq();
  const Segment& oldest = *table_.at(0).segment.load();
  acknowledged_.store(std::max(oldest.base_seq() - 1, oldest.acknowledged_seq()));
  acknowledge(acknowledged_.load());  // moves to the first record that is pending
  done_records_.store(0);
  rewind();
  return {};
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
  last.segment.populate(last.end);
  return {};
}

Journal::Impl::~Impl() {
  const Cursor cursor(cursor_.load());
  Place& place = table_.at(cursor.generation());
  if (!fork_guard_.same_process() || place.segment.load() == nullptr) return;
  if (spare_) folder_.remove(spare_->name());
  const std::size_t end = cursor.is_sealed() ? place.sealed_end.load() : cursor.offset();
  std::optional<Segment> last = table_.take(cursor.generation());
  const std::string name = last->name();
  last.reset();  // first: nothing may be mapped behind a file's end
  // Space that this fails to give back is used by the next open.
  static_cast<void>(folder_.shrink(name.c_str(), end));
}

// --- Append -------------------------------------------------------------------------------------

AppendResult Journal::Impl::append(std::string_view payload) noexcept {
  if (payload.size() > options_.payload_bytes_max) return {StatusCode::kTooLarge, 0};
  if (!fork_guard_.same_process()) return {StatusCode::kClosed, 0};
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
    place.segment.load(std::memory_order_relaxed)->write(cursor.offset(), seq, payload);
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
  const std::lock_guard<std::mutex> lock(roll_);
  if (closed_) return StatusCode::kClosed;
  const std::uint64_t generation = Cursor(cursor_.load()).generation();
  if (generation != seen.generation()) return StatusCode::kOk;  // another thread was faster
  seal_current();
  auto next = take_prepared();
  if (!next) return next.status().code();
  if (!next->begin(folder_, last_seq() + 1, install_id_).ok()) {
    folder_.remove(next->name());
    budget_.give_back(next->size());
    return StatusCode::kIo;
  }
  table_.put((generation + 1) % Cursor::kGenerations, *std::move(next), 0);
  cursor_.store(Cursor(generation + 1, 0, kFirstRecord).word());
  return StatusCode::kOk;
} catch (...) {  // the name of a file takes memory
  return StatusCode::kOutOfMemory;
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
  closed_ = true;
  seal_current();
}

Result<Segment> Journal::Impl::take_prepared() {
  {
    const std::lock_guard<std::mutex> lock(spare_mutex_);
    if (spare_) return *std::exchange(spare_, std::nullopt);
  }
  return prepare();
}

Result<Segment> Journal::Impl::prepare() {
  if (!budget_.try_take(options_.segment_bytes)) return Status(StatusCode::kStorageFull, {});
  auto segment = Segment::prepare(folder_, prepared_.fetch_add(1), options_.segment_bytes);
  if (!segment) budget_.give_back(options_.segment_bytes);
  return segment;
}

void Journal::Impl::maintain() noexcept try {
  const Cursor cursor(cursor_.load(std::memory_order_acquire));
  if (cursor.offset() < options_.segment_bytes / 2) return;
  {
    const std::lock_guard<std::mutex> lock(spare_mutex_);
    if (spare_) return;
  }
  auto segment = prepare();
  if (!segment) return;
  const std::lock_guard<std::mutex> lock(spare_mutex_);
  spare_ = *std::move(segment);
} catch (...) {  // no memory for an error's text: append() will try for itself
}

// --- Read and acknowledge -----------------------------------------------------------------------

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

// --- Journal ------------------------------------------------------------------------------------

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder,
                                               const JournalOptions& options) noexcept try {
  auto held = platform::Folder::open(folder);
  if (!held) return held.status();
  auto recovered = recover(*held);
  if (!recovered) return recovered.status();
  auto impl = std::make_unique<Impl>(*std::move(held), options, *recovered);
  if (Status status = impl->begin(*recovered); !status) return status;
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
} catch (...) {
  return Status(StatusCode::kOutOfMemory, {});
}

Journal::Journal(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Journal::~Journal() = default;
AppendResult Journal::append(std::string_view payload) noexcept { return impl_->append(payload); }
void Journal::refuse_appends() noexcept { impl_->refuse_appends(); }
std::size_t Journal::read(std::size_t records_max, std::size_t bytes_max,
                          std::vector<Record>& out) noexcept {
  return impl_->read(records_max, bytes_max, out);
}
void Journal::rewind() noexcept { impl_->rewind(); }
void Journal::acknowledge(std::uint64_t seq) noexcept { impl_->acknowledge(seq); }
void Journal::maintain() noexcept { impl_->maintain(); }
Status Journal::sync() noexcept { return impl_->sync(); }
std::uint64_t Journal::last_seq() const noexcept { return impl_->last_seq(); }
std::uint64_t Journal::acknowledged_seq() const noexcept { return impl_->acknowledged_seq(); }
std::uint64_t Journal::pending() const noexcept { return impl_->pending(); }
std::uint64_t Journal::disk_bytes() const noexcept { return impl_->disk_bytes(); }
const RecoveryReport& Journal::recovery() const noexcept { return impl_->recovery(); }
const std::string& Journal::install_id() const noexcept { return impl_->install_id(); }

}  // namespace penstock::journal
