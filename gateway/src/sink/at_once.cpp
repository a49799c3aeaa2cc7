#include "at_once.hpp"

namespace penstock::gateway {
namespace {

// As long, the linger may stay off when many records begin to come.
constexpr int kStandMs = 20;

}  // namespace

void AtOnce::stop() noexcept {
  ending_ = true;
  send();
  if (thread_.joinable()) thread_.join();
}

void AtOnce::send() noexcept {
  wanted_.store(true, std::memory_order_relaxed);
  asked_.fetch_add(1, std::memory_order_release);
  asked_.notify_one();  // no system call unless the thread waits
}

void AtOnce::run() {
  std::uint32_t seen = 0;
  while (!ending_) {
    asked_.wait(seen, std::memory_order_acquire);
    seen = asked_.load(std::memory_order_acquire);
    // Returns at once when nothing is on its way. What is when the time is over waits for a
    // connection, or for brokers.
    while (!ending_ && wanted_ &&
           rd_kafka_flush(producer_, kStandMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    }
  }
}

}  // namespace penstock::gateway
