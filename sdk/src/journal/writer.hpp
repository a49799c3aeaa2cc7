// Appends records: the promise *returned means kept* lives here.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "journal/recovery.hpp"
#include "journal/segment_reserve.hpp"
#include "journal/segments.hpp"
#include "penstock/status.hpp"
#include "platform/mutex.hpp"

namespace penstock::journal {

struct AppendResult {
  StatusCode code;    // kOk, kTooLarge, kStorageFull, kNotAllowed, kClosed or kIo
  std::uint64_t seq;  // of the record, if kOk
};

// Any thread. append() takes the lock only when a segment is full.
class Writer {
 public:
  Writer(const JournalOptions& options, Segments& segments) noexcept
      : options_(options), segments_(segments), reserve_(segments, options.segment_bytes) {}

  // Appends one record and gives it the next sequence number. Once it returns kOk, read() and any
  // later open() give it back. Order of sequence numbers is order in the journal. No allocation, no
  // lock, no system call, except when a segment is full (one in thousands). No cancellation point.
  // Where `announced` is given, the number is stored there before the record is valid: a kill
  // behind that leaves the number, and with it the answer of Reader::has_recorded().
  AppendResult append(std::string_view payload, RecordInfo info = {},
                      std::atomic<std::uint64_t>* announced = nullptr) noexcept
      PENSTOCK_EXCLUDES(mutex_);
  // Why append() has last returned kIo, or kStorageFull because of the file system: what, where,
  // and what to do. Ok if it was the disk budget.
  Status append_failure() const PENSTOCK_EXCLUDES(mutex_);

  // Refuses all later append()s with kClosed.
  void refuse_appends() noexcept PENSTOCK_EXCLUDES(mutex_);
  // Ends the refusal that Journal::purge() has begun with kShut.
  void reopen() noexcept PENSTOCK_EXCLUDES(mutex_);

  // --- For Journal -------------------------------------------------------------------------------

  // Before any other function: places the last segment that is there, or a new one.
  Status begin(Recovered& recovered);
  // Prepares the next segment once the current one is half full.
  void maintain() PENSTOCK_EXCLUDES(mutex_);

  platform::Mutex& mutex() const PENSTOCK_RETURNS_MUTEX(mutex_) { return mutex_; }
  SegmentReserve& reserve() noexcept { return reserve_; }

  // The file of the current segment is not in the folder any more.
  bool current_is_gone() const noexcept PENSTOCK_REQUIRES(mutex_);
  // Sealed, and without a file that the next open finds: append() begins another one.
  bool current_is_lost() const noexcept PENSTOCK_REQUIRES(mutex_) { return current_is_lost_; }
  // Every append() that needs a segment returns `code` from now on; kClosed is for good.
  void refuse(StatusCode code) noexcept PENSTOCK_REQUIRES(mutex_);
  // The current segment is sealed, its records are settled, and its file is deleted: begins another
  // one. Then returns the one before, also if the new one's file could not be given its name; else
  // why not, and the next append() tries again.
  struct Begun {
    std::optional<Segment> replaced;
    Status status;
  };
  Begun begin_after_purge() PENSTOCK_REQUIRES(mutex_);

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

 private:
  Status go_on_in(RecoveredSegment last, std::uint64_t next_seq, std::uint64_t generation);
  Status begin_first(std::uint64_t next_seq, std::uint64_t generation);
  // Gives the last segment its full size back, so that it can be written on. If the disk has no
  // room for that, it stays as it is, and is only read.
  Status enlarge(RecoveredSegment& last);
  Status too_damaged() const;
  // kOk: another segment is there, or was meanwhile; try again.
  StatusCode roll(Cursor seen) noexcept PENSTOCK_EXCLUDES(mutex_);
  StatusCode cannot_roll(Status why) noexcept PENSTOCK_REQUIRES(mutex_);

  const JournalOptions options_;
  Segments& segments_;
  SegmentReserve reserve_;

  alignas(64) mutable platform::Mutex mutex_;  // who begins or seals a segment
  bool current_is_lost_ PENSTOCK_GUARDED_BY(mutex_) = false;
  Status append_failure_ PENSTOCK_GUARDED_BY(mutex_);                 // ok: the disk budget
  StatusCode refusal_ PENSTOCK_GUARDED_BY(mutex_) = StatusCode::kOk;  // else of every append()
};

}  // namespace penstock::journal
