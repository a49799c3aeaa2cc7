// The journal of one writer: an append-only sequence of records in memory-mapped segment files, in
// a folder that this process has locked. The promise *returned means kept* lives here.
//
// append() is for any thread; read(), rewind(), settle(), maintain() and sync() are for one thread at
// a time, the sender. Neither side waits for the other, but for a moment in purge(). A child that fork()
// made must not touch it, nor destroy it.
//
// docs/journal-format.md has the layout, and the argument why no kill can be read wrongly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/ledger.hpp"
#include "journal/segment.hpp"
#include "penstock/status.hpp"

namespace penstock::journal {

struct JournalOptions {
  std::uint64_t disk_bytes_max;   // of all segments together, preallocated ones included
  std::size_t segment_bytes;      // one file; a multiple of the page size
  std::size_t payload_bytes_max;  // largest record; segment_bytes is at least four times this
};

// What an earlier run left.
struct RecoveryReport {
  std::uint64_t records = 0;       // whole, not acknowledged: they will be read first
  std::uint64_t torn_records = 0;  // begun and never committed; their append() had not returned
  // Files that are no segments of ours; set aside as *.bad, not deleted
  std::uint64_t bad_segments = 0;
};

struct AppendResult {
  StatusCode code;    // kOk, kTooLarge, kStorageFull, kNotAllowed, kClosed or kIo
  std::uint64_t seq;  // of the record, if kOk
};

// One committed record. `payload` is valid until rewind(), settle() or give_up_expired().
struct Record {
  std::uint64_t seq;
  std::string_view payload;
};

class Journal {
 public:
  // Opens what is in `folder`, which exists and is locked by the caller, or begins a journal there
  // with a new install id and sequence number 1. Looks at the last segment only: the first call that
  // reads looks at the others, and append() need not wait for that. Drops torn records. Fails with
  // kIo; kStorageFull if not even the first segment fits.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const JournalOptions& options) noexcept;
  // Nothing may be appending. Gives the unused tail of the last segment back to the file system.
  ~Journal();

  // Appends one record and gives it the next sequence number. Once it returns kOk, read() and any
  // later open() give it back. Order of sequence numbers is order in the journal. No allocation, no
  // lock, no system call, except when a segment is full (one in thousands). No cancellation point.
  AppendResult append(std::string_view payload, RecordInfo info = {}) noexcept;
  // Why append() has last returned kIo, or kStorageFull because of the file system: what, where, and what
  // to do. Ok if it was the disk budget. Any thread.
  Status append_failure() const;

  // Refuses all later append()s with kClosed. Any thread.
  void refuse_appends() noexcept;

  // Appends to `out` the committed records behind the last one that read() returned, in order,
  // until there are `records_max` or their payloads exceed `bytes_max` (the first always fits).
  // Stops before a record that another thread is still writing. Returns how many.
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept;

  // read() begins again behind the last acknowledged record: for a retry.
  void rewind() noexcept;

  // All records up to and including `seq` have come to `outcome`, but for those in `rejected`
  // (ascending): counted in the ledger and done, durably against kill -9 and as one, and segments
  // that hold nothing else are deleted. `seq` was read before.
  // Returns how many that were: fewer than were read if purge() came in between.
  std::uint64_t settle(std::uint64_t seq, Outcome outcome,
                       std::span<const std::uint64_t> rejected = {}) noexcept;

  // Settles the records that were recorded before `cutoff` (Unix time in seconds) and that nothing
  // newer stands before, as kExpired (a time of 0 is none), and forgets what was read. Returns how many.
  std::uint64_t give_up_expired(std::uint32_t cutoff) noexcept;

  // Settles everything that append() has returned, deletes it from the disk, and goes on, under the
  // same install id or under a new one; numbers go on in either case. What was read stays valid
  // until the next rewind() or settle(), which then settles nothing. Any thread; append() waits.
  // Fails with kIo or kStorageFull if no segment can be made to go on with: deleted it is all the
  // same, and the next append() tries again.
  enum class InstallId { kKept, kNew };
  enum class Afterwards { kOpen, kShut };  // shut: append() returns kNotAllowed until reopen()
  Status purge(Outcome outcome, InstallId install_id,
               Afterwards afterwards = Afterwards::kOpen) noexcept;
  // Ends kShut. Any thread.
  void reopen() noexcept;

  // --- The ledger -------------------------------------------------------------------------------

  // Any thread: one more that track() refused.
  void refuse(wire::DropReason reason, wire::TypeId type) noexcept;

  // What earlier runs left. Any thread; looks at it if nobody has yet.
  RecoveryReport recovery() noexcept;

  // Any thread; walks what is pending.
  struct Counts {       // by the numbers of codes.hpp
    Settled settled{};  // ever, by type and outcome
    std::array<std::uint64_t, kTypeCodes> pending{};
    std::array<std::array<std::uint64_t, kTypeCodes>, kRefusalCodes>
        refused{};  // by reason and type
  };
  Counts counts() noexcept;

  // dropped(): all drops so far, by reason. reported(): how many of these the gateway knows.
  // report(total): records that it knows `total`.
  DropTotals dropped() const noexcept;
  DropTotals reported() const noexcept;
  void report(const DropTotals& total) noexcept;

  // Somebody has deleted the ledger, or the segment that is written: a kill would take what append() has
  // returned ok for. Any thread.
  bool is_gone() const noexcept;
  // Goes on in `folder`, which is empty and locked by the caller, with all that is pending and counted.
  // Any thread; append() waits. Fails with kIo or kStorageFull: call it again with another folder.
  Status move_to(const std::filesystem::path& folder) noexcept;

  // Prepares the next segment before it is needed, so that append() rarely has to. Call it often;
  // cheap when there is nothing to do.
  void maintain() noexcept;

  // Forces what was committed so far to the disk (msync). Fails with kIo.
  Status sync() noexcept;

  // Any thread.
  std::uint64_t last_seq() const noexcept;          // given last; 0 for none yet
  std::uint64_t acknowledged_seq() const noexcept;  // acknowledged last; 0 for none yet
  // Records appended or recovered, not yet settled; without those that nobody has looked at yet
  std::uint64_t pending() const noexcept;
  std::uint64_t recovered() const noexcept;   // of them: found in what an earlier run left
  std::uint64_t disk_bytes() const noexcept;  // of all segments now
  // UUID text; (it, seq) names a record for ever. purge() may change it.
  std::string install_id() const;
  std::uint64_t epoch() const noexcept;  // how many purges there were: what was read before is void

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

 private:
  class Impl;
  explicit Journal(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::journal
