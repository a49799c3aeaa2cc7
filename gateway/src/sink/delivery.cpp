#include "delivery.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "sink_problem.hpp"

namespace penstock::gateway {
namespace {

void keep_first(std::atomic<rd_kafka_resp_err_t>& first, rd_kafka_resp_err_t error) noexcept {
  auto none = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (error != none) first.compare_exchange_strong(none, error, std::memory_order_relaxed);
}

}  // namespace

Delivery::Delivery(std::shared_ptr<const Batch> batch, QueueBudget::Lease lease, Waiter waiter,
                   std::uint32_t parts)
    : lease_(std::move(lease)),
      batch_(std::move(batch)),
      waiter_(std::move(waiter)),
      pending_(parts),
      owners_(parts) {}

void Delivery::part_done(rd_kafka_resp_err_t error) noexcept {
  keep_first(first_error_, error);
  if (pending_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;

  const auto first = first_error_.load(std::memory_order_relaxed);
  if (first == RD_KAFKA_RESP_ERR_NO_ERROR) return answer(Outcome<void>());
  answer(kafka_unavailable());
}

void Delivery::let_go() noexcept {
  if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Delivery::answer(Outcome<void> outcome) noexcept {
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  net::post(waiter_.executor,
            [done = std::move(waiter_.done), outcome = std::move(outcome)]() mutable {
              std::move(done)(std::move(outcome));
            });
}

DeliveryPart::DeliveryPart(Delivery& whole, std::uint32_t records, InFlight& registry)
    : whole_(whole), registry_(registry), records_(records), pending_(records + 1) {}

void DeliveryPart::report(std::uint32_t count, rd_kafka_resp_err_t error) noexcept {
  keep_first(first_error_, error);
  if (pending_.fetch_sub(count, std::memory_order_acq_rel) != count) return;
  // Out of the registry behind the answer: whoever finds that empty relies on every answer. And
  // before letting go: until then the registry may answer for this part.
  Delivery& whole = whole_;
  whole.part_done(first_error_.load(std::memory_order_relaxed));
  registry_.remove(*this);
  delete this;
  whole.let_go();
}

}  // namespace penstock::gateway
