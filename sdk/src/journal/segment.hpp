// One segment: a mapped file of records, and the only code that reads and writes their bytes.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "journal/codes.hpp"
#include "journal/record_format.hpp"
#include "penstock/status.hpp"
#include "platform/folder.hpp"
#include "platform/mapped_file.hpp"
#include "wire/uuid.hpp"

namespace penstock::journal {

using platform::Present;

// What is known of a record besides its number and its payload.
struct RecordInfo {
  constexpr RecordInfo() noexcept = default;
  constexpr RecordInfo(wire::TypeId of_type, std::uint32_t at) noexcept
      : type(code_of(of_type)), recorded_at(at) {}

  // The row of the ledger's tables.
  std::size_t row() const noexcept { return type < kTypeCodes ? type : kOtherType; }

  std::uint32_t type = kOtherType;  // as codes.hpp has it
  std::uint32_t recorded_at = 0;    // Unix time in seconds
};

// Movable. None of it allocates memory unless it fails. Cold: once a segment, so small rather than
// fast.
class Segment {
 public:
  // A record at an offset, or why there is none.
  enum class Kind { kRecord, kSkipped, kNothing };
  struct Entry {
    Kind kind = Kind::kNothing;
    std::uint64_t seq = 0;
    RecordInfo info;
    std::string_view payload;
    std::size_t end = 0;  // offset behind it; for kRecord and kSkipped
  };

  // A file under a temporary name, allocated, without a header: what a journal keeps in
  // reserve. `number` makes the name unique.
  [[gnu::cold]] static Result<Segment> prepare(const platform::Folder& folder, std::uint64_t number,
                                               std::size_t bytes, Present present);
  // Makes a prepared one a segment of the sequence: writes the header, then gives the file its
  // name. After a kill in between it is a temporary file, which the next open removes.
  [[gnu::cold]] Status begin(const platform::Folder& folder, std::uint64_t base_seq,
                             const wire::Uuid& install_id);

  // An existing file. kInternal if it is not ours, or damaged in its header: the caller sets it
  // aside. kDirectoryInUse if a later version of Penstock has written it.
  [[gnu::cold]] static Result<Segment> open(const platform::Folder& folder, const char* name,
                                            std::size_t bytes_min);

  // Writes the file anew in `folder`, with its name, and goes on there. Nobody may be writing, and
  // every record is committed. Fails with kIo or kStorageFull; then it is where it was.
  Status move_to(const platform::Folder& folder);

  // --- Any thread -------------------------------------------------------------------------------

  // Writes a record into the place that the caller reserved for it alone. The marker comes last:
  // whoever sees it sees the rest, and after a kill the kernel has the rest if it has the marker.
  // It is sequentially consistent, and at() too, because transport/doorbell.hpp builds on that.
  void write(std::size_t offset, std::uint64_t seq, RecordInfo info,
             std::string_view payload) noexcept;

  // What is at `offset`, if it is whole and committed. Verifies nothing but the marker: what this
  // process wrote, or recovery has verified.
  Entry at(std::size_t offset) const noexcept;

  // --- Recovery: one thread, before anyone appends ----------------------------------------------

  // As at(), but verified: plausible length, a sequence number from `seq_min` to wire::kSeqMax,
  // CRC.
  Entry verified_at(std::size_t offset, std::uint64_t seq_min) const noexcept;
  // Makes the bytes from `offset` to `end` one skipped entry, so that later readers need not
  // search.
  [[gnu::cold]] void skip(std::size_t offset, std::size_t end) noexcept;
  // Zeros all behind `offset`. True if it was not all zeros.
  [[gnu::cold]] bool clear_from(std::size_t offset) noexcept;
  void populate(std::size_t from, std::size_t bytes) const noexcept { file_.populate(from, bytes); }

  // As the file says: recovery judges it.
  std::uint64_t acknowledged_seq() const noexcept {
    return header().acknowledged_seq.load(std::memory_order_relaxed);
  }
  void set_acknowledged_seq(std::uint64_t seq) noexcept {
    header().acknowledged_seq.store(seq, std::memory_order_relaxed);
  }

  std::uint64_t base_seq() const noexcept { return base_seq_; }
  wire::Uuid install_id() const noexcept { return header().install_id; }
  std::size_t size() const noexcept { return file_.size(); }
  const char* name() const noexcept { return name_.data(); }  // of the file
  // Its file is deleted, and another may get the name.
  void lose_name() noexcept { name_ = {}; }
  Status sync(std::size_t bytes) const { return file_.sync(bytes); }

 private:
  explicit Segment(platform::MappedFile file) noexcept : file_(std::move(file)) {}

  SegmentHeader& header() const noexcept;
  RecordHeader& record(std::size_t offset) const noexcept;
  bool header_is_good() const noexcept;
  std::uint32_t header_crc() const noexcept;
  std::uint32_t record_crc(const RecordHeader& header, std::string_view payload) const noexcept;

  platform::MappedFile file_;
  std::array<char, 32> name_{};
  std::uint64_t base_seq_ = 0;
  std::uint64_t salt_ = 0;
};

inline constexpr std::size_t kFirstRecord = sizeof(SegmentHeader);

}  // namespace penstock::journal
