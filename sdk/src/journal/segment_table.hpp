// The segments that are in use, found by generation without a lock.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "journal/cursor.hpp"
#include "journal/segment.hpp"

namespace penstock::journal {

// One place. Filled before the cursor first names its generation, and emptied only after every
// record of the segment was read; so whoever has reserved a record there may use it until that is
// committed.
struct Place {
  std::atomic<Segment*> segment{nullptr};  // in `storage`
  std::atomic<std::uint64_t> base_seq{0};
  std::atomic<std::size_t> capacity{0};  // bytes of the file
  // Behind its last record, once nobody reserves there any more; 0 before.
  std::atomic<std::size_t> sealed_end{0};
  std::optional<Segment> storage;  // here, so that a new segment costs no memory
};

class SegmentTable {
 public:
  // At least `places_min` generations are in use at the same time.
  explicit SegmentTable(std::size_t places_min)
      : mask_(std::bit_ceil(places_min) - 1), places_(std::make_unique<Place[]>(mask_ + 1)) {
    // A power of two divides the number of generations, so that the table is even where they wrap.
  }
  SegmentTable(const SegmentTable&) = delete;
  SegmentTable& operator=(const SegmentTable&) = delete;

  Place& at(std::uint64_t generation) const noexcept { return places_[generation & mask_]; }

  void put(std::uint64_t generation, Segment segment, std::size_t sealed_end) noexcept {
    Place& place = at(generation);
    static_cast<void>(place.segment.load(std::memory_order_acquire));  // after the take() before
    place.storage.emplace(std::move(segment));
    place.base_seq.store(place.storage->base_seq(), std::memory_order_release);
    place.capacity.store(place.storage->size(), std::memory_order_relaxed);
    place.sealed_end.store(sealed_end, std::memory_order_relaxed);
    place.segment.store(&*place.storage, std::memory_order_release);
  }

  Segment take(std::uint64_t generation) noexcept {
    Place& place = at(generation);
    Segment segment = *std::move(place.storage);
    place.storage.reset();
    place.segment.store(nullptr, std::memory_order_release);
    return segment;
  }

 private:
  std::size_t mask_;
  std::unique_ptr<Place[]> places_;
};

}  // namespace penstock::journal
