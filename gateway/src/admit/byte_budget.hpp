// How many bytes of bodies may be in memory at once, over all connections.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace penstock::gateway {

class ByteBudget;

// Bytes of a budget, given back when this goes away. Move only; one thread at a time, any thread.
// The budget must outlive it.
class Lease {
 public:
  Lease(Lease&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { give_back(); }

  // What the body may take.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  friend class ByteBudget;
  Lease(ByteBudget& budget, std::size_t bytes) noexcept : budget_(&budget), bytes_(bytes) {}
  void give_back() noexcept;

  ByteBudget* budget_;
  std::size_t bytes_;
};

// Lock-free: any thread.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t capacity) noexcept : capacity_(capacity) {}

  // nullopt if fewer than `bytes` are left. Never waits.
  std::optional<Lease> lease(std::size_t bytes) noexcept;

  std::size_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  friend class Lease;

  const std::size_t capacity_;
  std::atomic<std::size_t> in_use_{0};
};

}  // namespace penstock::gateway
