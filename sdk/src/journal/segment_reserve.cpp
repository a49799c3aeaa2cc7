#include "journal/segment_reserve.hpp"

#include <utility>

namespace penstock::journal {

using platform::MutexLock;

SegmentReserve::~SegmentReserve() {
  if (prepared_) segments_.folder()->remove(prepared_->name());
}

Result<Segment> SegmentReserve::take_or_make(Present present) {
  {
    const MutexLock lock(mutex_);
    if (prepared_) return *std::exchange(prepared_, std::nullopt);
  }
  return make(present);
}

Result<Segment> SegmentReserve::make(Present present) {
  if (!segments_.budget().try_take(segment_bytes_)) return Status(StatusCode::kStorageFull, {});
  auto segment = Segment::prepare(*segments_.folder(), made_.fetch_add(1), segment_bytes_, present);
  if (!segment) segments_.budget().give_back(segment_bytes_);
  return segment;
}

void SegmentReserve::fill() {
  const MutexLock filling(filling_);
  {
    const MutexLock lock(mutex_);
    if (prepared_) return;
  }
  auto segment = make(Present::kYes);
  if (!segment) return;
  const MutexLock lock(mutex_);
  prepared_ = *std::move(segment);
}

void SegmentReserve::discard() {
  const MutexLock lock(mutex_);
  if (prepared_) segments_.budget().give_back(prepared_->size());
  prepared_.reset();
}

}  // namespace penstock::journal
