// The events that go into one request: read from one source, until they are due, and settled
// together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "journal/journal.hpp"
#include "penstock/options.hpp"
#include "platform/clock.hpp"
#include "transport/source.hpp"

namespace penstock::transport {

// The sender thread's. Throws std::bad_alloc.
class Batch {
 public:
  explicit Batch(const Options& options);

  enum class Filling {
    kWaits,   // for more events, until the batch is full or old enough
    kAtOnce,  // nobody writes to this source any more
  };
  // From now on events of `source`, which outlives its use here.
  void collect_from(Source& source, Filling filling);
  // Behind the last settled event. What was under way is read again.
  void begin_again();
  // The source was purged since the batch was begun: what is in here is there no more.
  bool is_outdated() const noexcept { return source_->journal->reader().epoch() != epoch_; }

  // Gives up what waits in the source and was recorded before `cutoff_unix_seconds`. Returns how
  // many events that are. Only while the batch is empty.
  std::uint64_t give_up_expired(std::int64_t cutoff_unix_seconds);
  void read_more();
  // Full, or old enough, or sent before, or at least one event is of `flush_seq` or before.
  bool is_due(std::uint64_t flush_seq) const noexcept;
  // When it is due by its age; time_point::max() if it is empty.
  platform::Clock::time_point due_at() const noexcept;
  // The number of the event that begins the batch, or of the one that will fill it.
  std::uint64_t seq_to_wake_at() const noexcept;

  bool empty() const noexcept { return records_.empty(); }
  std::span<const journal::Record> records() const noexcept { return records_; }
  std::uint64_t last_seq() const noexcept { return records_.back().seq; }
  Source& source() const noexcept { return *source_; }

  // A request for it begins: should it fail, the same events wait no more.
  void request_begins() noexcept { due_seq_ = last_seq(); }
  // What became of all of its events but `rejected`, which are numbers. Empties it. Returns how
  // many events that has settled: all of them, or none if they were purged meanwhile.
  std::uint64_t settle(journal::Fate fate, std::span<const std::uint64_t> rejected);

  // From now on half as many events as are in it: it was too large. Begins again.
  void halve();
  // Up to twice as many, as the options permit.
  void grow() noexcept;

 private:
  void clear() noexcept;

  const std::size_t events_max_, bytes_max_;
  const std::chrono::milliseconds age_max_;
  Source* source_ = nullptr;
  Filling filling_ = Filling::kWaits;
  std::vector<journal::Record> records_;
  std::size_t bytes_ = 0;
  platform::Clock::time_point began_{};  // when its first event was seen
  std::uint64_t due_seq_ = 0;            // up to it all were in a request before, and wait no more
  std::uint64_t epoch_ = 0;              // of the journal when the batch was begun
  std::size_t events_limit_;             // of a batch now
};

}  // namespace penstock::transport
