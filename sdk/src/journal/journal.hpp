// The journal of one writer: an append-only sequence of records in memory-mapped segment files, in
// a folder that this process has locked. The promise *returned means kept* lives here.
//
// append() is for any thread; read(), acknowledge(), maintain() and sync() are for one thread at a
// time, the sender. Neither side ever waits for the other.
//
// docs/journal-format.md has the layout, and the argument why no kill can be read wrongly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/status.hpp"

namespace penstock::journal {

struct JournalOptions {
  std::uint64_t disk_bytes_max;   // of all segments together, preallocated ones included
  std::size_t segment_bytes;      // one file; a multiple of the page size
  std::size_t payload_bytes_max;  // largest record; segment_bytes is at least four times this
};

// What open() found.
struct RecoveryReport {
  std::uint64_t records = 0;       // whole, not acknowledged: they will be read first
  std::uint64_t torn_records = 0;  // begun and never committed; their append() had not returned
  // Files that are no segments of ours; set aside as *.bad, not deleted
  std::uint64_t bad_segments = 0;
};

struct AppendResult {
  StatusCode code;    // kOk, kTooLarge, kStorageFull, kClosed or kIo
  std::uint64_t seq;  // of the record, if kOk
};

// One committed record. `payload` is valid until it is acknowledged.
struct Record {
  std::uint64_t seq;
  std::string_view payload;
};

class Journal {
 public:
  // Opens what is in `folder`, which exists and is locked by the caller, or begins a journal there
  // with a new install id and sequence number 1. Drops torn records. Fails with kIo; kStorageFull
  // if not even the first segment fits.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const JournalOptions& options) noexcept;
  // Nothing may be appending. Gives the unused tail of the last segment back to the file system.
  ~Journal();

  // Appends one record and gives it the next sequence number. Once it returns kOk, read() and any
  // later open() give it back. Order of sequence numbers is order in the journal. No allocation, no
  // lock, no system call, except when a segment is full (one in thousands). In a child that fork()
  // made: kClosed.
  AppendResult append(std::string_view payload) noexcept;

  // Refuses all later append()s with kClosed. Any thread.
  void refuse_appends() noexcept;

  // Appends to `out` the committed records behind the last one that read() returned, in order,
  // until there are `records_max` or their payloads exceed `bytes_max` (the first always fits).
  // Stops before a record that another thread is still writing. Returns how many.
  std::size_t read(std::size_t records_max, std::size_t bytes_max,
                   std::vector<Record>& out) noexcept;

  // read() begins again behind the last acknowledged record: for a retry.
  void rewind() noexcept;

  // Marks all records up to and including `seq` as done, durably against kill -9, and deletes the
  // segments that hold nothing else. `seq` was read before.
  void acknowledge(std::uint64_t seq) noexcept;

  // Prepares the next segment before it is needed, so that append() rarely has to. Call it often;
  // cheap when there is nothing to do.
  void maintain() noexcept;

  // Forces what was committed so far to the disk (msync). Fails with kIo.
  Status sync() noexcept;

  // Any thread.
  std::uint64_t last_seq() const noexcept;          // given last; 0 for none yet
  std::uint64_t acknowledged_seq() const noexcept;  // acknowledged last; 0 for none yet
  std::uint64_t pending() const noexcept;     // records appended or recovered, not yet acknowledged
  std::uint64_t disk_bytes() const noexcept;  // of all segments now
  const RecoveryReport& recovery() const noexcept;  // immutable after open()
  // UUID text; (it, seq) names a record for ever. Immutable
  const std::string& install_id() const noexcept;

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

 private:
  class Impl;
  explicit Journal(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::journal
