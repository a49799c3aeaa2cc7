#include "byte_budget.hpp"

namespace penstock::gateway {

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  budget_ = std::exchange(other.budget_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

void Lease::give_back() noexcept {
  if (budget_ != nullptr) budget_->in_use_.fetch_sub(bytes_, std::memory_order_relaxed);
  budget_ = nullptr;
}

std::optional<Lease> ByteBudget::lease(std::size_t bytes) noexcept {
  std::size_t in_use = in_use_.load(std::memory_order_relaxed);
  do {
    if (bytes > capacity_ - in_use) return std::nullopt;  // in_use never exceeds capacity
  } while (!in_use_.compare_exchange_weak(in_use, in_use + bytes, std::memory_order_relaxed));
  return Lease(*this, bytes);
}

}  // namespace penstock::gateway
