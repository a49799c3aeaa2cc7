// A batch on its way: what connects librdkafka's delivery reports to the coroutine that waits for
// them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "in_flight.hpp"
#include "queue_budget.hpp"
#include "request.hpp"

namespace penstock::gateway {

namespace net = boost::asio;

// Owned by the reports that are still to come: the last one deletes it. Until then it keeps the
// batch, whose bytes librdkafka sends without a copy. Any thread.
class Delivery : public InFlight::Entry {
 public:
  using Done = net::any_completion_handler<void(std::optional<Problem>)>;

  // The coroutine that waits, and where it runs.
  struct Waiter {
    net::any_io_executor executor;
    Done done;
  };

  // For as many reports as the batch has events, and one more, which the caller of enqueue() gives,
  // so that the Delivery lives until all are handed over. `registry` outlives it.
  Delivery(std::shared_ptr<const Batch> batch, QueueBudget::Lease lease, Waiter waiter,
           InFlight& registry);
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  const Batch& batch() const noexcept { return *batch_; }

  // `count` records have met their fate. After the last one, resumes the coroutine on its executor,
  // with a Problem if any had an error, and deletes this.
  void report(std::uint32_t count, rd_kafka_resp_err_t error) noexcept;

  // Resumes the coroutine now, whatever is still to come. Only the first answer counts.
  void answer(std::optional<Problem> problem) noexcept override;

 private:
  ~Delivery() override = default;

  const std::shared_ptr<const Batch> batch_;
  const QueueBudget::Lease lease_;
  InFlight& registry_;
  Waiter waiter_;  // whoever sets answered_ may use it
  std::atomic<bool> answered_{false};
  std::atomic<std::uint32_t> pending_;
  std::atomic<rd_kafka_resp_err_t> first_error_{RD_KAFKA_RESP_ERR_NO_ERROR};
};

}  // namespace penstock::gateway
