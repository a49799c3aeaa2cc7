// How much may wait for Kafka's acknowledgement.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace penstock::gateway {

// Any thread. Outlives its leases.
class QueueBudget {
 public:
  // Gives back what was taken at the end of its life.
  class Lease {
   public:
    Lease(Lease&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)),
          events_(other.events_),
          bytes_(other.bytes_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (budget_ == nullptr) return;
      budget_->events_ -= events_;
      budget_->bytes_ -= bytes_;
    }

   private:
    friend class QueueBudget;
    Lease(QueueBudget* budget, std::size_t events, std::size_t bytes) noexcept
        : budget_(budget), events_(events), bytes_(bytes) {}

    QueueBudget* budget_;
    std::size_t events_;
    std::size_t bytes_;
  };

  QueueBudget(std::size_t events_max, std::size_t bytes_max) noexcept
      : events_max_(events_max), bytes_max_(bytes_max) {}

  // Nothing if that would be more than the limits.
  std::optional<Lease> take(std::size_t events, std::size_t bytes) noexcept {
    // Takes first and looks then: of two that do not fit together, neither or one gets it, never
    // both.
    Lease lease(this, events, bytes);
    const auto events_now = events_.fetch_add(events) + events;
    const auto bytes_now = bytes_.fetch_add(bytes) + bytes;
    if (events_now > events_max_ || bytes_now > bytes_max_) return std::nullopt;
    return lease;
  }

  std::size_t events() const noexcept { return events_.load(std::memory_order_relaxed); }
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

 private:
  const std::size_t events_max_;
  const std::size_t bytes_max_;
  std::atomic<std::size_t> events_{0};
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace penstock::gateway
