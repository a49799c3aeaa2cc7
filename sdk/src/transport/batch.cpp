#include "transport/batch.hpp"

#include <algorithm>

namespace penstock::transport {

using platform::Clock;

Batch::Batch(const Options& options)
    : events_max_(options.batch_events_max),
      bytes_max_(options.batch_bytes_max),
      age_max_(options.batch_age_max),
      events_limit_(options.batch_events_max) {
  records_.reserve(events_max_);
}

void Batch::collect_from(Source& source, Filling filling) {
  source_ = &source;
  filling_ = filling;
  due_seq_ = 0;
  begin_again();
}

void Batch::clear() noexcept {
  records_.clear();
  bytes_ = 0;
  epoch_ = source_->journal->reader().epoch();
}

void Batch::begin_again() {
  clear();
  source_->journal->reader().rewind();
}

std::uint64_t Batch::give_up_expired(std::int64_t cutoff_unix_seconds) {
  if (cutoff_unix_seconds <= 0) return 0;
  return source_->journal->reader().give_up_expired(
      static_cast<std::uint32_t>(cutoff_unix_seconds));
}

void Batch::read_more() {
  while (records_.size() < events_limit_ && bytes_ < bytes_max_) {
    const std::size_t before = records_.size();
    if (source_->journal->reader().read(events_limit_ - before, bytes_max_ - bytes_, records_) == 0)
      return;
    if (before == 0) began_ = Clock::now();
    for (std::size_t i = before; i < records_.size(); ++i) bytes_ += records_[i].payload.size();
  }
}

bool Batch::is_due(std::uint64_t flush_seq) const noexcept {
  if (records_.empty()) return false;
  return filling_ == Filling::kAtOnce || records_.size() >= events_limit_ || bytes_ >= bytes_max_ ||
         records_.front().seq <= std::max(due_seq_, flush_seq) || Clock::now() >= due_at();
}

Clock::time_point Batch::due_at() const noexcept {
  return records_.empty() ? Clock::time_point::max() : began_ + age_max_;
}

// Bytes are foretold by the events so far: if they were unlike those that come, the age is still a
// bound.
std::uint64_t Batch::seq_to_wake_at() const noexcept {
  if (records_.empty()) return source_->journal->reader().acknowledged_seq() + 1;
  const std::size_t event_bytes = std::max<std::size_t>(1, bytes_ / records_.size());
  const std::size_t bytes_left = bytes_max_ - bytes_;
  const std::size_t events_left =
      std::min(events_limit_ - records_.size(), bytes_left / event_bytes);
  return records_.back().seq + std::max<std::size_t>(1, events_left);
}

std::uint64_t Batch::settle(journal::Fate fate, std::span<const std::uint64_t> rejected) {
  const std::uint64_t settled = source_->journal->reader().settle(last_seq(), fate, rejected);
  clear();
  return settled;
}

void Batch::halve() {
  events_limit_ = records_.size() / 2;
  begin_again();
}

void Batch::grow() noexcept { events_limit_ = std::min(events_limit_ * 2, events_max_); }

}  // namespace penstock::transport
