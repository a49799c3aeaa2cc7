#include "memory_plan.hpp"

#include <algorithm>
#include <thread>

namespace penstock::gateway {
namespace {

constexpr std::size_t kMiB = std::size_t{1024} * 1024;

}  // namespace

unsigned thread_count(const Config& config) {
  return config.threads > 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency());
}

std::size_t base_bytes(const Config& config) {
  return (48 + 8 * std::size_t{thread_count(config)}) * kMiB;
}

std::size_t memory_max(const Config& config) {
  if (config.memory.bytes_max > 0) return config.memory.bytes_max;
  return std::max(1024 * kMiB, 2 * base_bytes(config));
}

std::size_t memory_least(const Config& config) { return base_bytes(config) + 64 * kMiB; }

MemoryPlan memory_plan(const Config& config) {
  const std::size_t left = memory_max(config) - base_bytes(config);
  MemoryPlan plan{left / 2, left / 4, left / 4 / kConnectionBytes};
  if (config.memory.bodies_in_flight_bytes > 0)
    plan.request_bytes = config.memory.bodies_in_flight_bytes;
  if (config.memory.queue_bytes_max > 0) plan.queue_bytes = config.memory.queue_bytes_max;
  plan.connections = std::min(plan.connections, config.http.connections_max);
  return plan;
}

}  // namespace penstock::gateway
