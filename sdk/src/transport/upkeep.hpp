// What the own journal needs done now and then, also while a server keeps the sender waiting.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "platform/clock.hpp"
#include "transport/sources.hpp"

namespace penstock::transport {

// The sender thread's.
class Upkeep {
 public:
  // `sources` outlives this object. `sync_interval`: 0 for never.
  Upkeep(Sources& sources, std::chrono::milliseconds sync_interval) noexcept;

  // Prepares the next segment, looks whether the files are still there, ends a session that is idle,
  // and writes to the disk what is due for that.
  void tend() noexcept;
  // When tend() is to be called again, even if nothing is recorded; time_point::max() for never.
  platform::Clock::time_point next() const noexcept { return std::min(next_sync_, session_idle()); }
  // The same if all is on the disk.
  platform::Clock::time_point session_idle() const noexcept;
  // All that is recorded is on the disk.
  bool all_synced() const noexcept;

 private:
  Sources& sources_;
  const std::chrono::milliseconds sync_interval_;
  std::uint64_t synced_seq_ = 0;
  platform::Clock::time_point next_look_{};  // for the files
  platform::Clock::time_point next_sync_;
};

}  // namespace penstock::transport
