// How near the gateway is to its limits, as one number that autoscaling can follow.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::gateway {

// Each part from 0, idle, to 1, the limit.
struct Pressure {
  double cpu = 0;          // the time that the busiest event loop took of its thread's last seconds
  double memory = 0;       // of requests, against limits.bodies_in_flight_bytes
  double kafka = 0;        // what waits for Kafka, against queue_events_max or queue_bytes_max
  double connections = 0;  // against limits.connections_max

  double highest() const noexcept { return std::max({cpu, memory, kafka, connections}); }
};

struct PressurePart {
  std::string_view name;
  double Pressure::* value;
};
inline constexpr std::array kPressureParts{
    PressurePart{"cpu", &Pressure::cpu}, PressurePart{"memory", &Pressure::memory},
    PressurePart{"kafka", &Pressure::kafka}, PressurePart{"connections", &Pressure::connections}};

// `used` of `most`, 0 to 1.
constexpr double share_of(std::size_t used, std::size_t most) noexcept {
  return most == 0 ? 0 : std::min(1.0, static_cast<double>(used) / static_cast<double>(most));
}

}  // namespace penstock::gateway
