#include "transport/pause.hpp"

#include <sys/random.h>

#include <algorithm>

namespace penstock::transport {
namespace {

using platform::Clock;

std::minstd_rand::result_type random_seed() {
  std::minstd_rand::result_type seed = 0;
  // Jitter need not be secret: without entropy (early in a boot) the clock is good enough.
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed))
    return seed;
  return static_cast<std::minstd_rand::result_type>(Clock::now().time_since_epoch().count());
}

}  // namespace

RetryLimits retry_limits(const Options& options) noexcept {
  return {options.retry_delay_min, options.retry_delay_max, options.refusal_delay_min,
          options.refusal_delay_max};
}

Pause::Pause(const Options& options, std::string_view host_and_port,
             const platform::TimeSource& time)
    : limits_(retry_limits(options)),
      time_(time),
      retry_after_(options.directory, host_and_port),
      random_(random_seed()) {
  held_until_ = time_.now() + retry_after_.left(time_.unix_milliseconds());
}

Decision Pause::judge(int status, bool answer_fits, std::string_view retry_after) {
  const Attempt attempt{status, answer_fits, failures_, refusals_,
                        parse_retry_after(retry_after, time_.unix_milliseconds() / 1000)};
  return decide(attempt, limits_, random());
}

void Pause::failed(const Decision& decision) noexcept {
  failures_ += 1;
  if (decision.server_asked) hold(decision.wait);
}

void Pause::refused(const Decision& decision) noexcept {
  refusals_ += 1;
  refused_until_ = time_.now() + decision.wait;
  if (decision.server_asked) hold(decision.wait);
}

void Pause::hold(std::chrono::milliseconds wait) noexcept {
  held_until_ = time_.now() + wait;
  const std::chrono::milliseconds kept = std::min<std::chrono::milliseconds>(wait, kRetryAfterMax);
  retry_after_.keep(time_.unix_milliseconds() + kept.count());
}

double Pause::random() {
  constexpr double kValues =
      static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min()) + 1;
  return static_cast<double>(random_() - std::minstd_rand::min()) / kValues;
}

}  // namespace penstock::transport
