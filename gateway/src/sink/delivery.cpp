#include "delivery.hpp"

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "sink_problem.hpp"

namespace penstock::gateway {

Delivery::Delivery(std::shared_ptr<const Batch> batch, QueueBudget::Lease lease, Waiter waiter,
                   InFlight& registry)
    : batch_(std::move(batch)),
      lease_(std::move(lease)),
      registry_(registry),
      waiter_(std::move(waiter)),
      pending_(static_cast<std::uint32_t>(batch_->events.size()) + 1) {
  registry_.add(*this);
}

void Delivery::report(std::uint32_t count, rd_kafka_resp_err_t error) noexcept {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    auto none = RD_KAFKA_RESP_ERR_NO_ERROR;
    first_error_.compare_exchange_strong(none, error, std::memory_order_relaxed);
  }
  if (pending_.fetch_sub(count, std::memory_order_acq_rel) != count) return;

  const auto first = first_error_.load(std::memory_order_relaxed);
  std::optional<Problem> problem;
  if (first != RD_KAFKA_RESP_ERR_NO_ERROR) {
    problem =
        kafka_unavailable(std::string("Kafka did not take the batch: ") + rd_kafka_err2str(first));
  }
  answer(std::move(problem));  // first: whoever finds the registry empty relies on every answer
  registry_.remove(*this);
  delete this;
}

void Delivery::answer(std::optional<Problem> problem) noexcept {
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  net::post(waiter_.executor,
            [done = std::move(waiter_.done), problem = std::move(problem)]() mutable {
              std::move(done)(std::move(problem));
            });
}

}  // namespace penstock::gateway
