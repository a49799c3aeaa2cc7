// Which records of a topic wait for company before they are handed to librdkafka, and how long.
//
// A record that finds nothing on its way goes at once: to wait would make its answer slower and
// save nothing. One that finds others on their way waits until these are acknowledged, and all that
// came meanwhile go together (as a database's group commit): the brokers' own pace sets how long
// that is. Where so many come that larger requests pay, none waits here: librdkafka's linger, as
// long as the operator allows, makes a request of those for one partition (AtOnce turns it off at
// all other times).
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "delivery.hpp"

namespace penstock::gateway {

// Any thread.
class Linger {
 public:
  using Clock = std::chrono::steady_clock;

  // No part waits longer than `longest`; 0: none waits.
  explicit Linger(std::chrono::milliseconds longest) noexcept : longest_(longest) {}
  Linger(const Linger&) = delete;
  Linger& operator=(const Linger&) = delete;

  // Each but put_back() returns the first of the parts that the caller hands to librdkafka now; the
  // others hang on its next_waiting, oldest first. nullptr: none.

  // Those that waited and `part`; or none, and it waits.
  DeliveryPart* add(DeliveryPart& part, Clock::time_point now = Clock::now()) noexcept;
  // A part that was returned, of which not all could be handed over yet, waits for the rest.
  void put_back(DeliveryPart& part) noexcept;
  // Of the records of parts that were returned, so many were acknowledged, or have failed.
  DeliveryPart* reported(std::uint64_t records) noexcept;
  // To be called when sleep() is over.
  DeliveryPart* overdue() noexcept;
  DeliveryPart* all() noexcept;

  // So many that larger requests pay: they are left to librdkafka's linger, which is as long.
  bool many_come() const noexcept { return many_.load(std::memory_order_relaxed); }

  // When to look for what is overdue, if nothing is reported before.
  std::chrono::milliseconds sleep(std::chrono::milliseconds at_most) const noexcept;

 private:
  // All with mutex_ held.
  void count(std::uint32_t records, Clock::time_point now) noexcept;
  void append(DeliveryPart& part, Clock::time_point now) noexcept;
  DeliveryPart* take() noexcept;

  const std::chrono::milliseconds longest_;
  mutable std::mutex mutex_;       // guards what follows
  DeliveryPart* first_ = nullptr;  // that waits
  DeliveryPart* last_ = nullptr;
  std::uint64_t waiting_records_ = 0;
  Clock::time_point waiting_since_{};
  std::uint64_t on_way_ = 0;  // records
  // How many have come since count_since_, and how many came within longest_ before.
  std::uint64_t counted_ = 0;
  Clock::time_point count_since_{};
  std::atomic<bool> many_{false};
};

}  // namespace penstock::gateway
