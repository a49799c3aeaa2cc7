// What the recorders claim against what lies in Kafka. Pure: it can be tested without either.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::oracle {

// One thread of one recorder process. Its events are numbered 1, 2, …
struct Claim {
  std::string stream;          // names the process and the thread
  std::uint64_t intended = 0;  // track() was called for 1..intended
  std::uint64_t returned = 0;  // and has returned ok for 1..returned
};

// One record read from Kafka, in the order of its partition.
struct Seen {
  std::string stream;
  std::uint64_t number = 0;
  std::string event_id, install_id;
  std::uint64_t seq = 0;
  std::string topic;
  int partition = 0;
};

struct Verdict {
  std::uint64_t claimed = 0;    // returned events
  std::uint64_t unclaimed = 0;  // in Kafka, though track() was killed before it returned: allowed
  std::uint64_t distinct = 0;   // events in Kafka, by eventId
  // Further records of the same eventId: allowed, consumers drop them
  std::uint64_t duplicates = 0;
  // Each of these breaks a promise.
  std::uint64_t missing = 0;   // returned, and not in Kafka
  std::uint64_t invented = 0;  // in Kafka, and never recorded
  std::uint64_t two_ids = 0;   // one event under two eventIds, or one eventId for two events
  // A seq below an earlier one of its install in its partition, duplicates aside
  std::uint64_t disordered = 0;
  std::vector<std::string> examples;  // of the above; a few

  bool kept() const noexcept { return missing + invented + two_ids + disordered == 0; }
};

// `seen` holds each partition's records in the order of their offsets.
Verdict compare(const std::vector<Claim>& claims, const std::vector<Seen>& seen);

}  // namespace penstock::oracle
