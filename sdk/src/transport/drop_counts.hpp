// How many events were given up since the client was opened, by reason. The sender reports them
// with its batches; what was not reported when a process ends is not reported later.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "wire/drop_reason.hpp"

namespace penstock::transport {

using DropTotals = std::array<std::uint64_t, wire::kDropReasons>;

// Any thread.
class DropCounts {
 public:
  void add(wire::DropReason reason) noexcept {
    counts_[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t of(wire::DropReason reason) const noexcept {
    return counts_[static_cast<std::size_t>(reason)].load(std::memory_order_relaxed);
  }
  DropTotals totals() const noexcept {
    DropTotals totals{};
    for (std::size_t i = 0; i < totals.size(); ++i)
      totals[i] = counts_[i].load(std::memory_order_relaxed);
    return totals;
  }

 private:
  std::array<std::atomic<std::uint64_t>, wire::kDropReasons> counts_{};
};

}  // namespace penstock::transport
