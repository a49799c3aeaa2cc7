// librdkafka says the same again and again while Kafka is away: once for each attempt, broker and
// producer.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::gateway {

// Lines are the same if they differ in numbers alone (ports, times, counts). Any thread.
class RepeatedLines {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds kPeriod{60};
  static constexpr std::size_t kKindsMax = 256;  // forgets all beyond that, and begins anew

  // What to say: `line`, with how often it was kept back if it was; or nothing, because it was said
  // less than kPeriod before `now`.
  std::optional<std::string> pass(std::string_view line, Clock::time_point now);

 private:
  struct Kind {
    Clock::time_point said;
    std::size_t kept_back = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Kind> kinds_;
};

}  // namespace penstock::gateway
