// What load balancers are told, so that a Kafka that comes and goes does not make a gateway come and
// go with it.
#pragma once

#include <chrono>

namespace penstock::gateway {

// One thread.
class SteadyReadiness {
 public:
  using Clock = std::chrono::steady_clock;

  // A gateway that Kafka has left for a moment is asked to wait, not to leave; one that Kafka has
  // come back to shows first that this lasts.
  static constexpr std::chrono::milliseconds kDownAfter{3000};
  static constexpr std::chrono::milliseconds kUpAfter{2000};

  // Whether the gateway is ready `now`, where Kafka takes events, or not, since `since`. At once
  // the first time.
  bool ready(bool available, Clock::time_point since, Clock::time_point now) noexcept {
    if (available == ready_) return ready_;
    const bool is_first = available && !was_ready_;
    if (is_first || now - since >= (available ? kUpAfter : kDownAfter)) ready_ = available;
    was_ready_ = was_ready_ || ready_;
    return ready_;
  }

 private:
  bool ready_ = false;
  bool was_ready_ = false;
};

}  // namespace penstock::gateway
