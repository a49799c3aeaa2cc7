#include "transport/upkeep.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;

// How often the journal's files are looked for at most.
constexpr std::chrono::milliseconds kLookInterval{100};

}  // namespace

Upkeep::Upkeep(Sources& sources, std::chrono::milliseconds sync_interval) noexcept
    : sources_(sources),
      sync_interval_(sync_interval),
      next_sync_(sync_interval.count() > 0 ? Clock::now() + sync_interval
                                           : Clock::time_point::max()) {}

void Upkeep::tend() noexcept {
  journal::Journal& journal = *sources_.own().journal;
  journal.maintain();
  const Clock::time_point now = Clock::now();
  // Not at each bell: the look waits for threads that begin a segment, and maintain() must be ahead
  // of them.
  if (now >= next_look_) {
    static_cast<void>(sources_.restore_own_if_gone());
    next_look_ = now + kLookInterval;
  }
  if (sources_.own().sessions) sources_.own().sessions->end_if_idle();
  if (now < next_sync_) return;
  const std::uint64_t last = journal.last_seq();
  // A sync that fails is repeated after the interval; what a kill must not take, it does not take
  // either way.
  if (last != synced_seq_ && journal.reader().sync().ok()) synced_seq_ = last;
  next_sync_ = Clock::now() + sync_interval_;
}

Clock::time_point Upkeep::session_idle() const noexcept {
  const auto& sessions = sources_.own().sessions;
  return sessions ? sessions->idle_at() : Clock::time_point::max();
}

bool Upkeep::all_synced() const noexcept {
  return sources_.own().journal->last_seq() == synced_seq_;
}

}  // namespace penstock::transport
