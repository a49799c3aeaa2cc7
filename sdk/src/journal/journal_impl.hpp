// What the parts of a journal share: how it is opened (journal.cpp), written (journal_writer.cpp),
// and read and trimmed (journal_reader.cpp).
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journal/cursor.hpp"
#include "journal/disk_budget.hpp"
#include "journal/journal.hpp"
#include "journal/recovery.hpp"
#include "journal/segment_table.hpp"
#include "platform/folder.hpp"

namespace penstock::journal {

// Who may touch what:
//   cursor_, table_, budget_, acknowledged_, done_records_, epoch_   any thread, atomics
//   spare_                                            any thread, under spare_mutex_
//   refusal_, current_is_lost_, append_failure_       under roll_: when a segment is full, or purged
//   install_id_, folder_                              read under roll_ or reader_, changed under both; folder_ is
//                                                     read under tending_ too, and changed under all three
//   read_at_, done_, ledger_, graveyard_, recovered_, synced_generation_   under reader_: the sender, purge()
// Whoever needs several takes tending_ first, then roll_. append() takes none of them unless a segment is full.
//
// A segment is deleted once it is sealed and every record of it was settled. Whoever has reserved a
// record has not committed it yet, so it is not settled either, and its segment is there.
class Journal::Impl {
 public:
  Impl(platform::Folder folder, const JournalOptions& options, Recovered recovered, Ledger ledger)
      : folder_(std::move(folder)),
        options_(options),
        install_id_(recovered.install_id),
        table_(recovered.earlier.size() + 1 + segments_max(options) + kSegmentsBeside),
        budget_(segments_max(options) * options.segment_bytes),
        report_(recovered.report),
        recovered_(std::move(recovered)),
        ledger_(std::move(ledger)) {}
  ~Impl();

  // journal.cpp
  Status begin();
  RecoveryReport recovery() noexcept;

  // journal_writer.cpp
  AppendResult append(std::string_view payload, RecordInfo info) noexcept;
  Status append_failure() const;
  void refuse_appends() noexcept;
  void maintain() noexcept;

  // journal_reader.cpp
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept;
  void rewind() noexcept;
  std::uint64_t settle(std::uint64_t seq, Outcome outcome,
                       std::span<const std::uint64_t> rejected) noexcept;
  std::uint64_t give_up_expired(std::uint32_t cutoff) noexcept;
  Status sync() noexcept;

  // journal_purge.cpp
  Status purge(Outcome outcome, InstallId install_id, Afterwards afterwards) noexcept;
  void reopen() noexcept;

  // journal_move.cpp
  bool is_gone() const noexcept;
  Status move_to(const std::filesystem::path& folder) noexcept;

  // journal_ledger.cpp
  void refuse(wire::DropReason reason, wire::TypeId type) noexcept;
  Counts counts() noexcept;
  DropTotals dropped() const noexcept;
  DropTotals reported() const noexcept;
  void report(const DropTotals& total) noexcept;

  std::uint64_t last_seq() const noexcept;
  std::uint64_t acknowledged_seq() const noexcept {
    return acknowledged_.load(std::memory_order_relaxed);
  }
  std::uint64_t pending() const noexcept {
    // First: what is done was appended before.
    const std::uint64_t done = done_records_.load(std::memory_order_acquire);
    return recovered_records_.load(std::memory_order_acquire) + (last_seq() - recovered_seq_) -
           done;
  }
  std::uint64_t recovered() const noexcept {
    return recovered_records_.load(std::memory_order_acquire);
  }
  std::uint64_t disk_bytes() const noexcept { return budget_.used(); }
  std::string install_id() const;
  std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_acquire); }

 private:
  struct Position {
    std::uint64_t generation = 0;
    std::size_t offset = kFirstRecord;
  };
  // Pages that open() makes present, for the first events; the sender does the rest.
  static constexpr std::size_t kPopulatedAtOpen = 64 * 1024;
  // The current one, the next, one being made, one being let go.
  static constexpr std::uint64_t kSegmentsBeside = 4;
  // A budget of more segments than half the generations is cut to that: 4 GiB at the smallest
  // segments.
  static std::uint64_t segments_max(const JournalOptions& options) noexcept {
    return std::min(options.disk_bytes_max / options.segment_bytes, Cursor::kGenerations / 2);
  }

  class Sealed;

  Status resume(RecoveredSegment& last);
  void begin_reading() noexcept;
  void look_at_earlier() noexcept;
  Status too_damaged() const;
  // kOk: another segment is there, or was meanwhile; try again.
  StatusCode roll(Cursor seen) noexcept;
  StatusCode cannot_roll(Status why) noexcept;
  void seal_current() noexcept;
  Result<Segment> take_prepared();
  Result<Segment> prepare(Present present);
  // Moves to the next segment if `position` is at the end of its own, and there is one.
  bool step_to_next(Position& position) const noexcept;
  // `position` is behind `other`, by less than half of all generations.
  static bool is_before(const Position& position, const Position& other) noexcept;
  // Calls `each(entry)` for the committed records from `from` on, as long as it returns true, and
  // returns the place behind them.
  template <typename Each>
  Position walk(Position from, Each each) const noexcept {
    for (;;) {
      const Segment& segment = *table_.at(from.generation).segment.load(std::memory_order_acquire);
      const Segment::Entry entry = segment.at(from.offset);
      if (entry.kind == Segment::Kind::kNothing) {
        if (!step_to_next(from)) return from;
        continue;
      }
      if (entry.kind == Segment::Kind::kRecord && !each(entry)) return from;
      from.offset = entry.end;
    }
  }
  // Moves done_, and lets go of the segments before it.
  void move_done(Position to) noexcept;
  void let_go(std::uint64_t generation) noexcept;
  // Settles from done_ on as long as `outcome_of(entry)` has one. Under reader_.
  template <typename OutcomeOf>
  std::uint64_t settle_while(OutcomeOf outcome_of) noexcept;
  void remove_all_segments() const;
  Status begin_after_purge(std::uint64_t generation, std::uint64_t last) noexcept;

  platform::Folder folder_;
  const JournalOptions options_;
  wire::Uuid install_id_;
  SegmentTable table_;
  DiskBudget budget_;
  std::uint64_t recovered_seq_ = 0;  // last_seq() after open()
  // Whose file's name is on the disk; none at first.
  std::uint64_t synced_generation_ = Cursor::kGenerations;

  alignas(64) std::atomic<std::uint64_t> cursor_{0};

  std::mutex tending_;  // maintain()
  alignas(64) mutable std::mutex roll_;
  // Sealed, and without a file that the next open finds: append() begins another one.
  bool current_is_lost_ = false;
  Status append_failure_;                 // ok: the disk budget
  StatusCode refusal_ = StatusCode::kOk;  // else of every append()
  std::mutex spare_mutex_;                // held for a move only
  std::optional<Segment> spare_;
  std::atomic<std::uint64_t> prepared_{0};  // names temporary files
  bool populated_ = false;                  // the sender's: what begin() left to it is done

  alignas(64) mutable std::mutex reader_;
  RecoveryReport report_;
  Recovered recovered_;  // `earlier` is empty once somebody has looked at it
  std::uint64_t earlier_bytes_ = 0;
  Position read_at_;
  Position done_;
  Ledger ledger_;                   // but for refuse(), which is for any thread
  std::vector<Segment> graveyard_;  // purged; mapped until nobody looks at what was read
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> recovered_records_{0};
  std::atomic<std::uint64_t> done_records_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
};

template <typename OutcomeOf>
std::uint64_t Journal::Impl::settle_while(OutcomeOf outcome_of) noexcept {
  Settled counts{};
  std::uint64_t records = 0, last = 0;
  const Position end = walk(done_, [&](const Segment::Entry& entry) {
    const std::optional<Outcome> outcome = outcome_of(entry);
    if (!outcome) return false;
    ++counts[entry.info.row()][code_of(*outcome)];
    last = entry.seq;
    ++records;
    return true;
  });
  // The ledger first: a kill behind it finds them counted, and recovery believes the ledger.
  if (records != 0) ledger_.settle(install_id_, last, counts);
  move_done(end);
  if (records == 0) return 0;
  Segment& segment = *table_.at(done_.generation).segment.load(std::memory_order_acquire);
  if (last >= segment.base_seq()) segment.set_acknowledged_seq(last);
  acknowledged_.store(last, std::memory_order_relaxed);
  done_records_.fetch_add(records, std::memory_order_release);
  if (is_before(read_at_, done_)) read_at_ = done_;
  return records;
}

}  // namespace penstock::journal
