// When the next request may be made: backoff after a failure, a server's Retry-After, and the long
// wait after a refusal.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string_view>

#include "penstock/options.hpp"
#include "platform/clock.hpp"
#include "transport/retry_after_file.hpp"
#include "transport/retry_policy.hpp"

namespace penstock::transport {

RetryLimits retry_limits(const Options& options) noexcept;

// The sender thread's.
class Pause {
 public:
  // What an earlier run was asked for by this gateway, "host:port", is still to be obeyed. `time`
  // outlives this object.
  Pause(const Options& options, std::string_view host_and_port, const platform::TimeSource& time);

  // What to do after an answer, by how often it has failed so far (retry_policy.hpp).
  Decision judge(int status, bool answer_fits, std::string_view retry_after);

  // A batch was settled, or another one is tried: what failed before does not count.
  void succeeded() noexcept { failures_ = refusals_ = 0; }
  // The network or the server failed: the caller waits decision.wait.
  void failed(const Decision& decision) noexcept;
  // The server refuses this client.
  void refused(const Decision& decision) noexcept;
  // The server asked for it: no request before that, nor by a program that is started again.
  void hold(std::chrono::milliseconds wait) noexcept;

  platform::Clock::time_point held_until() const noexcept { return held_until_; }
  bool held() const noexcept { return time_.now() < held_until_; }
  platform::Clock::time_point refused_until() const noexcept { return refused_until_; }
  bool waits_after_refusal() const noexcept { return time_.now() < refused_until_; }
  bool is_retry() const noexcept { return failures_ > 0; }
  double random();  // from [0, 1)

 private:
  const RetryLimits limits_;
  const platform::TimeSource& time_;
  RetryAfterFile retry_after_;
  std::minstd_rand random_;
  unsigned failures_ = 0, refusals_ = 0;  // in a row
  platform::Clock::time_point held_until_{}, refused_until_{};
};

}  // namespace penstock::transport
