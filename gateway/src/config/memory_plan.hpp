// From `memory_max` to what each part of the gateway may take.
#pragma once

#include <cstddef>

#include "config.hpp"

namespace penstock::gateway {

struct MemoryPlan {
  std::size_t request_bytes =
      0;                        // of all requests, from their first byte until Kafka has the events
  std::size_t queue_bytes = 0;  // of these, what may wait for Kafka's acknowledgement
  std::size_t connections = 0;  // open at once
};

// The number of threads that serve: what the configuration says, or one for each core.
unsigned thread_count(const Config& config);

// What the process takes before the first request: the program, librdkafka with its send buffers,
// and what each thread keeps between requests. Measured with two threads: 18 MiB at rest, 25 after
// requests, with a broker.
std::size_t base_bytes(const Config& config);

// memory_max, or if that is 0 its default: 1 GiB, or more with so many threads that they would
// leave less than a half of it.
std::size_t memory_max(const Config& config);

// The least memory_max that works.
std::size_t memory_least(const Config& config);

// Of what is left above base_bytes(): a half for requests, a quarter for connections of
// kConnectionBytes each, and a quarter for what the allocator keeps and the compressed requests to
// Kafka. Settings of the configuration that are not 0 take the place of what follows from
// memory_max. memory_max() is at least memory_least().
MemoryPlan memory_plan(const Config& config);

// One that waits for a request, or sends its head, with TLS. Measured with OpenSSL 3.0 and up to
// 6000 connections: 17.6 KiB before the first request, 24.4 after it, 24.6 after an answer of 134
// KB.
inline constexpr std::size_t kConnectionBytes = std::size_t{25} * 1024;

}  // namespace penstock::gateway
