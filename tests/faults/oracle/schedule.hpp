// When which process is killed: drawn once from a seed, so that a run can be repeated.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::oracle {

// The moments of each victim's kills, in order, from the begin of the run.
using Schedule = std::vector<std::vector<std::chrono::milliseconds>>;

// `kills` in all, spread at random over `duration`, for as many victims as there are `weights`: how
// often each is killed beside the others.
Schedule draw_schedule(std::size_t kills, std::chrono::milliseconds duration, std::uint64_t seed,
                       const std::vector<double>& weights);

}  // namespace penstock::oracle
