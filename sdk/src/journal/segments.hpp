// What the parts of a journal share: which segments there are, and where the next record goes.
//
// A segment is deleted once it is sealed and every record of it was settled. Whoever has reserved a
// record has not committed it yet, so it is not settled either, and its segment is there.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

#include "journal/cursor.hpp"
#include "journal/disk_budget.hpp"
#include "journal/journal_options.hpp"
#include "journal/segment_table.hpp"
#include "platform/folder.hpp"
#include "platform/mutex.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

// A place between two records.
struct Position {
  std::uint64_t generation = 0;
  std::size_t offset = kFirstRecord;

  // This place comes before `other`, by less than half of all generations.
  bool is_before(const Position& other) const noexcept {
    if (generation == other.generation) return offset < other.offset;
    return (other.generation - generation) % Cursor::kGenerations < Cursor::kGenerations / 2;
  }
};

// Any thread, but for what says otherwise.
class Segments {
 public:
  using FolderPtr = std::shared_ptr<const platform::Folder>;

  // In `folder` there are `earlier` segments besides the last one.
  Segments(FolderPtr folder, const JournalOptions& options, const wire::Uuid& install_id,
           std::size_t earlier);

  // --- Places ------------------------------------------------------------------------------------

  // Where the next record goes: a Cursor's word. Only the writer changes it.
  std::atomic<std::uint64_t>& cursor() noexcept { return cursor_; }
  Cursor cursor_now() const noexcept { return Cursor(cursor_.load(std::memory_order_acquire)); }
  std::uint64_t last_seq() const noexcept;  // given last; 0 for none yet

  Place& at(std::uint64_t generation) const noexcept { return table_.at(generation); }
  Segment& segment_at(std::uint64_t generation) const noexcept {
    return *table_.at(generation).segment.load(std::memory_order_acquire);
  }
  SegmentTable& table() noexcept { return table_; }
  DiskBudget& budget() noexcept { return budget_; }
  const DiskBudget& budget() const noexcept { return budget_; }

  // --- For who keeps the reader's lock, so that nothing he looks at goes -------------------------

  // Moves to the next segment if `position` is at the end of its own, and there is one.
  bool step_to_next(Position& position) const noexcept;
  // Calls `each(entry)` for the committed records from `from` on, as long as it returns true, and
  // returns the place behind them.
  template <typename Each>
  Position walk(Position from, Each each) const noexcept {
    for (;;) {
      const Segment::Entry entry = segment_at(from.generation).at(from.offset);
      if (entry.kind == Segment::Kind::kNothing) {
        if (!step_to_next(from)) return from;
        continue;
      }
      if (entry.kind == Segment::Kind::kRecord && !each(entry)) return from;
      from.offset = entry.end;
    }
  }

  // --- For who keeps the writer's lock -----------------------------------------------------------

  // Nobody reserves in the current segment any more; where it ends is known from then on.
  void seal() noexcept;

  // --- Whose, and where --------------------------------------------------------------------------

  // The folder is another one after Journal::move_to(), the install id after Journal::purge().
  FolderPtr folder() const noexcept PENSTOCK_EXCLUDES(mutex_);
  void set_folder(FolderPtr folder) noexcept PENSTOCK_EXCLUDES(mutex_);
  wire::Uuid install_id() const noexcept PENSTOCK_EXCLUDES(mutex_);
  void set_install_id(const wire::Uuid& install_id) noexcept PENSTOCK_EXCLUDES(mutex_);

 private:
  // A budget of more segments than half the generations is cut to that: 4 GiB at the smallest
  // segments.
  static std::uint64_t segments_max(const JournalOptions& options) noexcept {
    return std::min(options.disk_bytes_max / options.segment_bytes, Cursor::kGenerations / 2);
  }

  SegmentTable table_;
  DiskBudget budget_;
  alignas(64) std::atomic<std::uint64_t> cursor_{0};

  alignas(64) mutable platform::Mutex mutex_;  // of moments; no other is taken under it
  FolderPtr folder_ PENSTOCK_GUARDED_BY(mutex_);
  wire::Uuid install_id_ PENSTOCK_GUARDED_BY(mutex_);
};

}  // namespace penstock::journal
