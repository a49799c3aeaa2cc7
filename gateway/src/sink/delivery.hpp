// A batch on its way: what connects librdkafka's delivery reports to the coroutine that waits for
// them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "in_flight.hpp"
#include "outcome.hpp"
#include "queue_budget.hpp"
#include "request.hpp"

namespace penstock::gateway {

namespace net = boost::asio;

// Owned by its parts: the last one that lets go deletes it. Until then it keeps the batch, whose
// bytes librdkafka sends without a copy. Any thread.
class Delivery {
 public:
  using Done = net::any_completion_handler<void(Outcome<void>)>;

  // The coroutine that waits, and where it runs.
  struct Waiter {
    net::any_io_executor executor;
    Done done;
  };

  // In `parts` parts, one for each topic that the batch has records for.
  Delivery(std::shared_ptr<const Batch> batch, QueueBudget::Lease lease, Waiter waiter,
           std::uint32_t parts);
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  const Batch& batch() const noexcept { return *batch_; }

  // One part has met its fate. After the last one, resumes the coroutine on its executor, with a
  // Problem if any had an error.
  void part_done(rd_kafka_resp_err_t error) noexcept;
  // One part, for which nobody can answer() any more, is gone. The last one deletes this.
  void let_go() noexcept;

  // Resumes the coroutine now, whatever is still to come. Only the first answer counts.
  void answer(Outcome<void> outcome) noexcept;

 private:
  const QueueBudget::Lease lease_;  // given back behind the batch
  const std::shared_ptr<const Batch> batch_;
  Waiter waiter_;  // whoever sets answered_ may use it
  std::atomic<bool> answered_{false};
  std::atomic<std::uint32_t> pending_;  // parts that have not met their fate
  std::atomic<std::uint32_t> owners_;   // parts that have not let go
  std::atomic<rd_kafka_resp_err_t> first_error_{RD_KAFKA_RESP_ERR_NO_ERROR};
};

// What one producer has to carry of a batch: the records of one topic. Owned by the reports that
// are still to come: the last one deletes it. Any thread.
class DeliveryPart : public InFlight::Entry {
 public:
  // For `records` reports, and one more, which the producer's enqueue() gives, so that the part
  // lives until all are handed over. `registry` outlives it.
  DeliveryPart(Delivery& whole, std::uint32_t records, InFlight& registry);
  DeliveryPart(const DeliveryPart&) = delete;
  DeliveryPart& operator=(const DeliveryPart&) = delete;
  ~DeliveryPart() override = default;

  const Batch& batch() const noexcept { return whole_.batch(); }
  std::uint32_t records() const noexcept { return records_; }

  // To be called once, before anything is reported: the registry answers for it from here on.
  void start() { registry_.add(*this); }
  // `count` records have met their fate.
  void report(std::uint32_t count, rd_kafka_resp_err_t error) noexcept;
  // One part that fails answers for the whole batch: its client sends all of it again.
  void answer(Problem problem) noexcept override { whole_.answer(std::move(problem)); }

  // Some record has failed already, and this is why.
  rd_kafka_resp_err_t error() const noexcept {
    return first_error_.load(std::memory_order_relaxed);
  }

  // For whoever hands it over.
  DeliveryPart* next_waiting = nullptr;  // the one behind, see Linger
  std::size_t next_event = 0;            // of the batch: those before have been handed over
  std::uint32_t taken = 0;               // how many of them were for the topic

 private:
  Delivery& whole_;
  InFlight& registry_;
  const std::uint32_t records_;
  std::atomic<std::uint32_t> pending_;
  std::atomic<rd_kafka_resp_err_t> first_error_{RD_KAFKA_RESP_ERR_NO_ERROR};
};

}  // namespace penstock::gateway
