// Gives the committed records back, in order, and settles them: the sender's side of a journal.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/ledger.hpp"
#include "journal/recovery.hpp"
#include "journal/segments.hpp"
#include "platform/mutex.hpp"

namespace penstock::journal {

// One committed record. `payload` is valid until rewind(), settle() or give_up_expired().
struct Record {
  std::uint64_t seq;
  std::string_view payload;
};

// By the numbers of codes.hpp.
struct Counts {
  Settled settled{};  // ever, by type and fate
  std::array<std::uint64_t, kTypeCodes> pending{};
  std::array<std::array<std::uint64_t, kTypeCodes>, kRefusalCodes> refused{};  // by reason and type
};

// read(), rewind(), settle(), give_up_expired() and sync() are for one thread at a time, the
// sender; the rest is for any thread. Whoever comes first looks at what recovery has left to look
// at.
class Reader {
 public:
  Reader(Segments& segments, Ledger& ledger, EarlierSegments earlier,
         const RecoveryReport& report) noexcept
      : segments_(segments), ledger_(ledger), report_(report), earlier_(std::move(earlier)) {}

  // Appends to `out` the committed records behind the last one that read() returned, in order,
  // until there are `records_max` or their payloads exceed `bytes_max` (the first always fits).
  // Stops before a record that another thread is still writing. Returns how many.
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept PENSTOCK_EXCLUDES(mutex_);

  // read() begins again behind the last acknowledged record: for a retry.
  void rewind() noexcept PENSTOCK_EXCLUDES(mutex_);

  // All records up to and including `seq` have come to `fate`, but for those in `rejected`
  // (ascending): counted in the ledger and done, durably against kill -9 and as one, and segments
  // that hold nothing else are deleted. `seq` was read before.
  // Returns how many that were: fewer than were read if Journal::purge() came in between.
  std::uint64_t settle(std::uint64_t seq, Fate fate,
                       std::span<const std::uint64_t> rejected = {}) noexcept
      PENSTOCK_EXCLUDES(mutex_);

  // Settles the records that were recorded before `cutoff` (Unix time in seconds) and that nothing
  // newer stands before, as kExpired (a time of 0 never expires), and forgets what was read.
  // Returns how many.
  std::uint64_t give_up_expired(std::uint32_t cutoff) noexcept PENSTOCK_EXCLUDES(mutex_);

  // Forces what was committed so far to the disk (msync). Fails with kIo.
  Status sync() noexcept PENSTOCK_EXCLUDES(mutex_);

  // What earlier runs left.
  RecoveryReport recovery() noexcept PENSTOCK_EXCLUDES(mutex_);
  // Walks what is pending.
  Counts counts() noexcept PENSTOCK_EXCLUDES(mutex_);
  // Whether the record `seq` (0: none) was ever committed, settled ones included. Of a journal that
  // was just opened: later, a number that a kill tore may have been passed over.
  bool has_recorded(std::uint64_t seq) noexcept PENSTOCK_EXCLUDES(mutex_);

  std::uint64_t acknowledged_seq() const noexcept {  // acknowledged last; 0 for none yet
    return acknowledged_.load(std::memory_order_relaxed);
  }
  // Records appended or recovered, not yet settled; without those that nobody has looked at yet
  std::uint64_t pending() const noexcept;
  std::uint64_t recovered() const noexcept {  // of them: found in what an earlier run left
    return recovered_records_.load(std::memory_order_acquire);
  }
  // How many purges there were: what was read before is void.
  std::uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_acquire); }

  // --- For Journal -------------------------------------------------------------------------------

  // Before any other function, once the writer has begun. `pending`: in the last segment.
  void begin(std::uint64_t pending) noexcept PENSTOCK_EXCLUDES(mutex_);
  // Makes the rest of the current segment's pages present, at the first call.
  void populate() noexcept PENSTOCK_EXCLUDES(mutex_);

  platform::Mutex& mutex() PENSTOCK_RETURNS_MUTEX(mutex_) { return mutex_; }

  // The current segment is sealed: drops everything, also what another thread is about to commit.
  void drop_all(wire::DropReason reason) PENSTOCK_REQUIRES(mutex_);
  // Goes on in the current segment. The one before stays mapped until nobody looks at what was
  // read.
  void go_on_behind(Segment replaced) noexcept PENSTOCK_REQUIRES(mutex_);
  // The current segment is sealed: returns once each record that somebody has reserved is
  // committed.
  void wait_until_committed() noexcept PENSTOCK_REQUIRES(mutex_);
  // Writes each segment that holds something pending anew in `folder`, the current one only if it
  // has a file.
  Status move_pending(const platform::Folder& folder, bool with_current) PENSTOCK_REQUIRES(mutex_);

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  // The rest of recovery.
  void look_at_earlier() noexcept PENSTOCK_REQUIRES(mutex_);
  // At the first record that is pending.
  void begin_reading() noexcept PENSTOCK_REQUIRES(mutex_);
  // Moves done_, and lets go of the segments before it.
  void move_done(Position to) noexcept PENSTOCK_REQUIRES(mutex_);
  void let_go(std::uint64_t generation) noexcept PENSTOCK_REQUIRES(mutex_);
  // Settles from done_ on as long as `fate_of(entry)` has a value.
  template <typename FateOf>
  std::uint64_t settle_while(FateOf fate_of) noexcept PENSTOCK_REQUIRES(mutex_);
  void is_settled(std::uint64_t last, std::uint64_t records) noexcept PENSTOCK_REQUIRES(mutex_);

  Segments& segments_;
  Ledger& ledger_;
  std::uint64_t recovered_seq_ = 0;  // last_seq() after open()

  alignas(64) platform::Mutex mutex_;
  RecoveryReport report_ PENSTOCK_GUARDED_BY(mutex_);
  EarlierSegments earlier_
      PENSTOCK_GUARDED_BY(mutex_);  // no names once somebody has looked at them
  std::uint64_t earlier_bytes_ PENSTOCK_GUARDED_BY(mutex_) = 0;
  bool populated_ PENSTOCK_GUARDED_BY(mutex_) = false;
  Position read_at_ PENSTOCK_GUARDED_BY(mutex_);
  Position done_ PENSTOCK_GUARDED_BY(mutex_);
  // Whose file's name is on the disk; none at first.
  std::uint64_t synced_generation_ PENSTOCK_GUARDED_BY(mutex_) = Cursor::kGenerations;
  // Let go; mapped until nobody looks at what was read.
  std::vector<Segment> graveyard_ PENSTOCK_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> recovered_records_{0};
  std::atomic<std::uint64_t> done_records_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
};

}  // namespace penstock::journal
