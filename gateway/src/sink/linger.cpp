#include "linger.hpp"

#include <algorithm>
#include <utility>

namespace penstock::gateway {
namespace {

// So many records within the longest wait pay for it: librdkafka sends a request for each
// partition, and with fewer records these are small either way.
constexpr double kMany = 200;
// So many are company enough.
constexpr std::uint64_t kEnough = 1000;

}  // namespace

DeliveryPart* Linger::add(DeliveryPart& part, Clock::time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  count(part.records(), now);
  append(part, now);
  const bool alone = on_way_ == 0;
  if (alone || many_come() || waiting_records_ >= kEnough || longest_.count() == 0) return take();
  return nullptr;
}

void Linger::put_back(DeliveryPart& part) noexcept {
  const std::lock_guard lock(mutex_);
  on_way_ -= part.records() - part.taken;
  append(part, Clock::now());
}

DeliveryPart* Linger::reported(std::uint64_t records) noexcept {
  const std::lock_guard lock(mutex_);
  on_way_ -= records;
  if (on_way_ > 0) return nullptr;
  return take();
}

DeliveryPart* Linger::overdue() noexcept {
  const std::lock_guard lock(mutex_);
  if (first_ == nullptr || Clock::now() < waiting_since_ + longest_) return nullptr;
  return take();
}

DeliveryPart* Linger::all() noexcept {
  const std::lock_guard lock(mutex_);
  return take();
}

std::chrono::milliseconds Linger::sleep(std::chrono::milliseconds at_most) const noexcept {
  const std::lock_guard lock(mutex_);
  if (on_way_ == 0 && first_ == nullptr) return at_most;
  // What was put back is tried at most once a millisecond.
  const auto wait = std::max(longest_, std::chrono::milliseconds(1));
  const auto now = Clock::now();
  const auto until = (first_ == nullptr ? now : waiting_since_) + wait;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
  return std::clamp(left, std::chrono::milliseconds(0), at_most);
}

void Linger::count(std::uint32_t records, Clock::time_point now) noexcept {
  const auto since = now - count_since_;
  if (since >= longest_ && since.count() > 0) {
    many_ =
        static_cast<double>(counted_) * std::chrono::duration<double>(longest_) / since >= kMany;
    counted_ = 0;
    count_since_ = now;
  }
  counted_ += records;
}

void Linger::append(DeliveryPart& part, Clock::time_point now) noexcept {
  if (first_ == nullptr) waiting_since_ = now;
  (first_ == nullptr ? first_ : last_->next_waiting) = &part;
  last_ = &part;
  part.next_waiting = nullptr;
  waiting_records_ += part.records() - part.taken;
}

DeliveryPart* Linger::take() noexcept {
  on_way_ += std::exchange(waiting_records_, 0);
  return std::exchange(first_, nullptr);
}

}  // namespace penstock::gateway
