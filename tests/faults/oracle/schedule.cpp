#include "faults/oracle/schedule.hpp"

#include <algorithm>
#include <random>

namespace penstock::oracle {

Schedule draw_schedule(std::size_t kills, std::chrono::milliseconds duration, std::uint64_t seed,
                       const std::vector<double>& weights) {
  std::mt19937_64 random(seed);
  std::discrete_distribution<std::size_t> victim(weights.begin(), weights.end());
  std::uniform_int_distribution<std::int64_t> moment(0, duration.count());
  Schedule schedule(weights.size());
  // One of each first, so that also a short run kills everything.
  for (std::size_t i = 0; i < kills; ++i) {
    schedule[i < weights.size() ? i : victim(random)].emplace_back(moment(random));
  }
  for (auto& moments : schedule) std::sort(moments.begin(), moments.end());
  return schedule;
}

}  // namespace penstock::oracle
