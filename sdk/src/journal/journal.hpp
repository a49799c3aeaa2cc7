// The journal of one writer: an append-only sequence of records in memory-mapped segment files, in
// a folder that this process has locked. The promise *returned means kept* lives here.
//
//   writer()   writer.hpp   appends records                     any thread
//   reader()   reader.hpp   gives them back and settles them    the sender
//   ledger()   ledger.hpp   counts what became of them          any thread
//
// The parts share segments.hpp. What needs both the writer and the reader is done here. Neither
// side waits for the other, but for a moment in purge() and move_to(). A child that fork() made
// must not touch a journal, nor destroy it.
//
// docs/journal-format.md has the layout, and the argument why no kill can be read wrongly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "journal/journal_options.hpp"
#include "journal/ledger.hpp"
#include "journal/reader.hpp"
#include "journal/segments.hpp"
#include "journal/writer.hpp"
#include "penstock/status.hpp"

namespace penstock::journal {

// Any thread. Locks, for who needs several: the reserve's, the writer's, the reader's, the
// ledger's.
class Journal {
 public:
  // Opens what is in `folder`, which exists and is locked by the caller, or begins a journal there
  // with a new install id and sequence number 1. Looks at the last segment only: the first call
  // that reads looks at the others, and append() need not wait for that. Drops torn records. Fails
  // with kIo; kStorageFull if not even the first segment fits.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const JournalOptions& options) noexcept;
  // Nothing may be appending. Gives the unused tail of the last segment back to the file system.
  ~Journal();

  Writer& writer() noexcept { return writer_; }
  Reader& reader() noexcept { return reader_; }
  const Reader& reader() const noexcept { return reader_; }
  Ledger& ledger() noexcept { return *ledger_; }
  const Ledger& ledger() const noexcept { return *ledger_; }

  // Drops everything that append() has returned, deletes it from the disk, and goes on, under the
  // same install id or under a new one; numbers go on in either case. What was read stays valid
  // until the next rewind() or settle(), which then settles nothing. append() waits.
  // Fails with kIo or kStorageFull if no segment can be made to go on with: deleted it is all the
  // same, and the next append() tries again.
  enum class InstallId { kKept, kNew };
  enum class Afterwards { kOpen, kShut };  // shut: append() returns kNotAllowed until reopen()
  Status purge(wire::DropReason reason, InstallId install_id,
               Afterwards afterwards = Afterwards::kOpen) noexcept;

  // Somebody has deleted the ledger, or the segment that is written: a kill would take what
  // append() has returned ok for.
  bool is_gone() const noexcept;
  // Goes on in `folder`, which is empty and locked by the caller, with all that is pending and
  // counted. append() waits. Fails with kIo or kStorageFull: call it again with another folder.
  Status move_to(const std::filesystem::path& folder) noexcept;

  // Prepares the next segment before it is needed, so that append() rarely has to. Call it often;
  // cheap when there is nothing to do.
  void maintain() noexcept;

  std::uint64_t last_seq() const noexcept { return segments_.last_seq(); }  // 0 for none yet
  std::uint64_t disk_bytes() const noexcept {
    return segments_.budget().used();
  }  // of all segments now
  // UUID text; (it, seq) names a record for ever. purge() may change it.
  std::string install_id() const { return segments_.install_id().text(); }

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

 private:
  class SealedMeanwhile;

  Journal(Segments::FolderPtr folder, const JournalOptions& options, const Recovered& recovered,
          std::unique_ptr<Ledger> ledger);
  Status begin_after_purge() noexcept PENSTOCK_REQUIRES(writer_.mutex(), reader_.mutex());
  void remove_all_segments() const;

  Segments segments_;
  std::unique_ptr<Ledger> ledger_;
  Writer writer_;
  Reader reader_;
};

}  // namespace penstock::journal
