// What one producer has taken and not yet reported, oldest first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "request.hpp"

namespace penstock::gateway {

// Any thread.
class InFlight {
 public:
  using Clock = std::chrono::steady_clock;

  // Something that waits for acknowledgement. In the registry from construction until it is
  // removed.
  class Entry {
   public:
    virtual void answer(Problem problem) noexcept = 0;

   protected:
    virtual ~Entry() = default;

   private:
    friend class InFlight;
    Clock::time_point since_;
    Entry* older_ = nullptr;
    Entry* newer_ = nullptr;
  };

  // One lock each for a whole batch.
  void add(Entry& entry);
  void remove(Entry& entry);

  // When the one that waits longest came.
  std::optional<Clock::time_point> oldest() const;

  // Answers all that wait. They stay until their records are reported.
  void answer_all(const Problem& problem);

  // Waits until nothing is left. False after `deadline`.
  bool wait_until_empty(Clock::time_point deadline);

 private:
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  Entry* oldest_ = nullptr;
  Entry* newest_ = nullptr;
};

}  // namespace penstock::gateway
