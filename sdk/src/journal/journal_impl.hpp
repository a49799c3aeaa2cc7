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

  // journal.cpp
  Status begin(Recovered& recovered);

  // journal_writer.cpp
  AppendResult append(std::string_view payload) noexcept;
  void refuse_appends() noexcept;
  void maintain() noexcept;

  // journal_reader.cpp
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept;
  void rewind() noexcept { read_at_ = done_; }
  void acknowledge(std::uint64_t seq) noexcept;
  Status sync() noexcept;

  std::uint64_t last_seq() const noexcept;
  std::uint64_t acknowledged_seq() const noexcept {
    return acknowledged_.load(std::memory_order_relaxed);
  }
  std::uint64_t pending() const noexcept {
    // First: what is done was appended before.
    const std::uint64_t done = done_records_.load(std::memory_order_acquire);
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
  // The current one, the next, one being made, one being let go.
  static constexpr std::uint64_t kSegmentsBeside = 4;
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
  // Whose file's name is on the disk; none at first.
  std::uint64_t synced_generation_ = Cursor::kGenerations;

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

}  // namespace penstock::journal
