// Waiting for a condition: the only place in the tests that sleeps.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace penstock::test {

// What a loaded machine may need for anything that takes well under a second on an idle one: the
// thread sanitizer takes twenty times as long, and eight such tests at once on two processors
// another four times.
inline constexpr std::chrono::seconds kPatience{60};

// Asks `condition` until it is true (then true) or `timeout` has passed (then false). It is asked
// once more after the timeout, so that a test process which was itself held up does not fail.
template <typename Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::milliseconds timeout = kPatience) {
  constexpr std::chrono::milliseconds kBetweenPolls{5};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::sleep_for(kBetweenPolls);
  }
  return true;
}

// The same for fixtures, which cannot go on: throws std::runtime_error that names `what`.
template <typename Condition>
void wait_until(Condition condition, std::chrono::milliseconds timeout, const std::string& what) {
  if (eventually(condition, timeout)) return;
  throw std::runtime_error("waited " + std::to_string(timeout.count()) + " ms in vain until " +
                           what);
}

}  // namespace penstock::test
