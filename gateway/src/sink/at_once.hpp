// Turns librdkafka's linger off while there is little to send.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace penstock::gateway {

// "The linger.ms property will be ignored for the duration of the call", says rdkafka.h of
// rd_kafka_flush(), and there is no other way to change the linger of a producer that lives. So a
// thread stands in that call as long as records that need not wait are on their way.
class AtOnce {
 public:
  // `producer` lives until stop().
  explicit AtOnce(rd_kafka_t* producer) : producer_(producer), thread_([this] { run(); }) {}
  ~AtOnce() { stop(); }
  AtOnce(const AtOnce&) = delete;
  AtOnce& operator=(const AtOnce&) = delete;

  // What was produced before this call is sent without a linger, and what comes until that is
  // acknowledged, unless rest() is called meanwhile. Any thread; does not wait.
  void send() noexcept;
  // The linger is to count again, within some milliseconds. Any thread.
  void rest() noexcept { wanted_.store(false, std::memory_order_relaxed); }
  // `producer` is used no more; send() does nothing from now on. Waits some milliseconds at most.
  // One thread.
  void stop() noexcept;

 private:
  void run();

  rd_kafka_t* producer_;
  std::atomic<std::uint32_t> asked_{0};
  std::atomic<bool> wanted_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace penstock::gateway
