// Segments for the writer, and one prepared before he needs it, so that append() rarely has to wait
// for the file system.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "journal/segments.hpp"
#include "platform/mutex.hpp"

namespace penstock::journal {

// Any thread. All functions may throw std::bad_alloc: a file's name, and the text of an error, take
// memory.
class SegmentReserve {
 public:
  SegmentReserve(Segments& segments, std::size_t segment_bytes) noexcept
      : segments_(segments), segment_bytes_(segment_bytes) {}
  ~SegmentReserve();  // removes what is prepared

  // What is prepared, or a file made now. Fails with kStorageFull, without a text if it was the
  // disk budget, or kIo.
  Result<Segment> take() PENSTOCK_EXCLUDES(mutex_) { return take_or_make(Present::kYes); }
  // The same, with pages that come into being at the first store, for open() to be quick.
  Result<Segment> take_not_present() PENSTOCK_EXCLUDES(mutex_) {
    return take_or_make(Present::kNot);
  }
  // Prepares a segment if none is, and the budget permits it.
  void fill() PENSTOCK_EXCLUDES(filling_, mutex_);

  // For Journal::move_to(): nobody prepares a segment in the old folder.
  platform::Mutex& filling() PENSTOCK_RETURNS_MUTEX(filling_) { return filling_; }
  // Forgets what is prepared: its file is in a folder that is gone.
  void discard() PENSTOCK_REQUIRES(filling_) PENSTOCK_EXCLUDES(mutex_);

  SegmentReserve(const SegmentReserve&) = delete;
  SegmentReserve& operator=(const SegmentReserve&) = delete;

 private:
  Result<Segment> take_or_make(Present present);
  Result<Segment> make(Present present);

  Segments& segments_;
  const std::size_t segment_bytes_;
  std::atomic<std::uint64_t> made_{0};  // names temporary files
  platform::Mutex filling_;             // one thread prepares
  platform::Mutex mutex_;               // held for a move only
  std::optional<Segment> prepared_ PENSTOCK_GUARDED_BY(mutex_);
};

}  // namespace penstock::journal
