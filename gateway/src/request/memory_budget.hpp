// The memory that requests may take, all of them together: leased before it is spent.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>
#include <utility>

namespace penstock::gateway {

// What one client, a key or an address, holds of a budget. Any thread.
//
// How much that may be depends on what is left: at most `weight` times as much as is free. So one
// client alone can hold weight / (weight + 1) of the budget, and something is always left for the
// next one (the "dynamic threshold" of Choudhury and Hahne, IEEE/ACM Transactions on Networking
// 6(2), 1998).
class MemoryShare {
 public:
  explicit MemoryShare(std::size_t weight = 1) noexcept : weight_(weight) {}

  std::size_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }

 private:
  friend class MemoryLease;

  // False, and nothing taken, if the share would be larger than what is left of `free` allows.
  bool take(std::size_t bytes, std::size_t free) noexcept;
  void give_back(std::size_t bytes) noexcept {
    in_use_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  std::size_t weight_;
  std::atomic<std::size_t> in_use_{0};
};

// Lock-free: any thread. Outlives its leases.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t capacity);

  std::size_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }
  std::size_t capacity() const noexcept { return capacity_; }

  // The share of the clients at one network address: 4 bytes of IPv4, or 16 of IPv6, of which the
  // first 8 count. Addresses share 4096 shares, dealt out by a hash that no client can know:
  // nothing is allocated for a new one.
  MemoryShare& share_of(std::span<const unsigned char> address) noexcept;

 private:
  friend class MemoryLease;

  bool take(std::size_t bytes) noexcept;

  const std::size_t capacity_;
  const std::uint64_t hash_key_;
  std::atomic<std::size_t> in_use_{0};
  std::array<MemoryShare, 4096> shares_;
};

// Bytes of a budget and of the shares that it is charged to, given back when this goes away. One
// thread at a time, any thread.
class MemoryLease {
 public:
  // Of no budget: whatever is asked for is given. For what is bounded elsewhere, as the tests of a
  // single stage are.
  MemoryLease() noexcept = default;
  // `address` and `key` may be null: not charged to any. All outlive the lease.
  MemoryLease(MemoryBudget& budget, MemoryShare* address, MemoryShare* key) noexcept
      : budget_(&budget), address_(address), key_(key) {}
  MemoryLease(MemoryLease&& other) noexcept
      : budget_(other.budget_),
        address_(other.address_),
        key_(other.key_),
        bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryLease& operator=(MemoryLease&& other) noexcept;
  ~MemoryLease() { shrink(bytes_); }

  std::size_t bytes() const noexcept { return bytes_; }

  // `bytes` more, or false and nothing: the budget or a share is used up. Never waits.
  [[nodiscard]] bool grow(std::size_t bytes) noexcept;
  // Gives `bytes` back; at most bytes().
  void shrink(std::size_t bytes) noexcept;
  // Takes `bytes` of it, at most bytes(), into a lease of their own.
  MemoryLease split(std::size_t bytes) noexcept;

  // Would `bytes` more be refused also if nobody else held anything? Then trying again is of no
  // use.
  bool can_never_grow(std::size_t bytes) const noexcept;

 private:
  MemoryBudget* budget_ = nullptr;
  MemoryShare* address_ = nullptr;
  MemoryShare* key_ = nullptr;
  std::size_t bytes_ = 0;
};

// What is thrown where a lease cannot grow.
class OutOfMemoryBudget : public std::bad_alloc {
 public:
  explicit OutOfMemoryBudget(bool for_good) noexcept : for_good_(for_good) {}
  const char* what() const noexcept override { return "the memory of requests is used up"; }
  // Also when nobody else holds anything.
  bool for_good() const noexcept { return for_good_; }

 private:
  bool for_good_;
};

// `bytes` more. Throws OutOfMemoryBudget.
void grow_or_throw(MemoryLease& lease, std::size_t bytes);

// Memory of a lease for as long as this lives. One thread at a time. `lease` outlives it.
class LeasedForNow {
 public:
  // Throws OutOfMemoryBudget.
  LeasedForNow(MemoryLease& lease, std::size_t bytes) : lease_(lease), bytes_(bytes) {
    grow_or_throw(lease, bytes);
  }
  LeasedForNow(const LeasedForNow&) = delete;
  LeasedForNow& operator=(const LeasedForNow&) = delete;
  ~LeasedForNow() { lease_.shrink(bytes_); }

 private:
  MemoryLease& lease_;
  const std::size_t bytes_;
};

// Allocates from new and delete what `lease` has room for. One thread at a time.
class LeasedMemory final : public std::pmr::memory_resource {
 public:
  explicit LeasedMemory(MemoryLease lease = {}) noexcept : lease_(std::move(lease)) {}

  MemoryLease& lease() noexcept { return lease_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  MemoryLease lease_;
};

}  // namespace penstock::gateway
