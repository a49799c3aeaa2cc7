// When which process is killed: drawn once from a seed, so that a run can be repeated.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::oracle {

enum class Victim : std::size_t { kRecorderA, kRecorderB, kGateway, kBroker };
inline constexpr std::size_t kVictims = 4;
inline constexpr std::array<const char*, kVictims> kVictimNames = {"recorder A", "recorder B",
                                                                   "gateway", "broker"};

// The moments of each victim's kills, in order, from the begin of the run.
using Schedule = std::array<std::vector<std::chrono::milliseconds>, kVictims>;

// `kills` in all, spread at random over `duration`. A broker takes seconds to come back, so it gets
// fewer than the rest.
Schedule draw_schedule(std::size_t kills, std::chrono::milliseconds duration, std::uint64_t seed);

}  // namespace penstock::oracle
