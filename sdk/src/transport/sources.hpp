// All that the sender sends from: the client's own journal, and orphans, the journals of processes
// that are gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "consent/consent.hpp"
#include "consent/erasure_queue.hpp"
#include "penstock/options.hpp"
#include "platform/clock.hpp"
#include "transport/sender_control.hpp"
#include "transport/source.hpp"

namespace penstock::transport {

// own() and restore_own_if_gone() any thread; the rest is the sender thread's. Throws
// std::bad_alloc.
class Sources {
 public:
  // `consent`, `control` and `time` outlive this object.
  Sources(const Options& options, Source own, consent::ConsentGate& consent, SenderControl& control,
          const platform::TimeSource& time);

  // --- The client's own --------------------------------------------------------------------------
  Source& own() noexcept { return own_; }
  // If somebody has deleted its files: makes them anew, with all that is pending and counted, and
  // the consent's. Fails as Slot::take_empty() and Journal::move_to() do; then the next call tries
  // again.
  Status restore_own_if_gone() noexcept;
  // Consent was denied, perhaps by another process: deletes what is left here.
  void purge_own_if_denied();

  // --- Orphans -----------------------------------------------------------------------------------
  // What earlier runs left, in the own slot and in those that nobody holds.
  void recover();
  // Takes the slots that nobody holds, a few at once.
  void adopt_orphans();
  // Others may have died since: the interval is over, or flush() asks.
  bool adoption_is_due() const noexcept;
  platform::Clock::time_point next_adoption() const noexcept { return next_adoption_; }
  bool has_orphans() const noexcept { return !orphans_.empty(); }
  Source& first_orphan() noexcept { return orphans_.front(); }
  // Its slot is free for another process. Behind the last one those are adopted that were too many
  // at once.
  void release_first_orphan();

  // Deletes what all orphans hold, also those that are not adopted. With kForgotten, queues the
  // erasure of what they have sent in `erasures`.
  void purge_orphans(wire::DropReason reason, const consent::ErasureQueue& erasures);

  // Tells who watches what `change` does to its SenderStats, and how much is left to send.
  template <typename Change>
  void publish(Change change) {
    control_.publish([&](SenderStats& stats) {
      change(stats);
      stats.totals = totals_of_orphans();
      stats.orphans_pending = pending_in_orphans();
      stats.settled_seq = own_settled_seq();
    });
  }

 private:
  std::uint64_t own_settled_seq() const;
  std::uint64_t pending_in_orphans() const;
  journal::Totals totals_of_orphans() const;

  const std::string directory_;
  const journal::JournalOptions journal_options_;
  const std::chrono::milliseconds adopt_interval_;  // 0: never
  consent::ConsentGate& consent_;
  SenderControl& control_;
  const platform::TimeSource& time_;
  std::mutex restoring_;  // own_.slot
  Source own_;
  std::deque<Source> orphans_;
  journal::Totals of_released_;  // what became of the events of orphans that are released
  bool more_orphans_ = false;    // than were taken at once, perhaps
  platform::Clock::time_point next_adoption_{};
  std::uint64_t flushes_seen_ = 0;  // for which orphans were looked for
};

}  // namespace penstock::transport
