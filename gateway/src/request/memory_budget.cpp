#include "memory_budget.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace penstock::gateway {
namespace {

std::uint64_t random_key() {
  std::random_device device;
  return (std::uint64_t{device()} << 32 | device()) | 1;
}

// The finalizer of SplitMix64: each bit of the input changes each bit of the output with a chance
// of one half.
std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace

bool MemoryShare::take(std::size_t bytes, std::size_t free) noexcept {
  // Takes first and looks then: of two that do not fit together, neither or one gets it, never
  // both.
  const std::size_t held = in_use_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (held / weight_ <= free) return true;
  give_back(bytes);
  return false;
}

MemoryBudget::MemoryBudget(std::size_t capacity) : capacity_(capacity), hash_key_(random_key()) {}

bool MemoryBudget::take(std::size_t bytes) noexcept {
  std::size_t in_use = in_use_.load(std::memory_order_relaxed);
  do {
    if (bytes > capacity_ - in_use) return false;  // in_use never exceeds capacity
  } while (!in_use_.compare_exchange_weak(in_use, in_use + bytes, std::memory_order_relaxed));
  return true;
}

MemoryShare& MemoryBudget::share_of(std::span<const unsigned char> address) noexcept {
  // Of IPv6 the network: whoever has one address there has all of them.
  std::uint64_t network = 0;
  std::memcpy(&network, address.data(), std::min(address.size(), sizeof network));
  return shares_[mixed(mixed(network ^ hash_key_) * hash_key_) % shares_.size()];
}

MemoryLease& MemoryLease::operator=(MemoryLease&& other) noexcept {
  if (this == &other) return *this;
  shrink(bytes_);
  budget_ = other.budget_;
  address_ = other.address_;
  key_ = other.key_;
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

bool MemoryLease::grow(std::size_t bytes) noexcept {
  if (budget_ != nullptr) {
    if (!budget_->take(bytes)) return false;
    const std::size_t in_use = budget_->in_use();
    const std::size_t free = budget_->capacity() - in_use;
    const bool of_address = address_ == nullptr || address_->take(bytes, free);
    if (!of_address || (key_ != nullptr && !key_->take(bytes, free))) {
      if (of_address && address_ != nullptr) address_->give_back(bytes);
      budget_->in_use_.fetch_sub(bytes, std::memory_order_relaxed);
      return false;
    }
  }
  bytes_ += bytes;
  return true;
}

void MemoryLease::shrink(std::size_t bytes) noexcept {
  bytes_ -= bytes;
  if (budget_ == nullptr || bytes == 0) return;
  if (address_ != nullptr) address_->give_back(bytes);
  if (key_ != nullptr) key_->give_back(bytes);
  budget_->in_use_.fetch_sub(bytes, std::memory_order_relaxed);
}

MemoryLease MemoryLease::split(std::size_t bytes) noexcept {
  MemoryLease part;
  part.budget_ = budget_;
  part.address_ = address_;
  part.key_ = key_;
  part.bytes_ = bytes;
  bytes_ -= bytes;
  return part;
}

bool MemoryLease::can_never_grow(std::size_t bytes) const noexcept {
  if (budget_ == nullptr) return false;
  // The shares of weight 1 are the smallest.
  const std::size_t most = address_ == nullptr ? budget_->capacity() : budget_->capacity() / 2;
  return bytes_ > most || bytes > most - bytes_;
}

void grow_or_throw(MemoryLease& lease, std::size_t bytes) {
  if (!lease.grow(bytes)) throw OutOfMemoryBudget(lease.can_never_grow(bytes));
}

void* LeasedMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
  grow_or_throw(lease_, bytes);
  try {
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  } catch (...) {
    lease_.shrink(bytes);
    throw;
  }
}

void LeasedMemory::do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) {
  std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  lease_.shrink(bytes);
}

}  // namespace penstock::gateway
