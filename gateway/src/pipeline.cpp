#include "pipeline.hpp"

#include <chrono>
#include <new>

#include "answer/batch_answer.hpp"
#include "answer/problem_answer.hpp"
#include "memory_problem.hpp"
#include "turns.hpp"

namespace penstock::gateway {
namespace {

using Clock = std::chrono::steady_clock;

std::string_view id_of(const ClientKey* client) {
  return client == nullptr ? std::string_view() : std::string_view(client->id);
}

}  // namespace

net::awaitable<Outcome<Pipeline::Delivered>> Pipeline::run(Request& request) {
  const RequestHead& head = request.head;

  // Who is it, and may they send that much now? Decided before memory is spent on the body.
  auto client = stages_.auth.authenticate(head);
  if (!client) co_return client.error();
  request.client = *client;
  if (!stages_.sink.available()) co_return KafkaSink::unavailable();
  auto lease = stages_.admit.admit(**client, head);  // memory, given back when the batch is gone
  if (!lease) co_return lease.error();
  auto readable = BatchDecoder::check_head(head);
  if (!readable) co_return readable.error();

  auto body = co_await request.body.read(stages_.admit.body_bytes_max(), *lease);
  if (!body) co_return body.error();
  request.body_bytes = body->size();
  auto batch = stages_.decode.decode(head, *client, std::move(*body), std::move(*lease));
  if (!batch) co_return batch.error();
  auto admitted = stages_.admit.admit_events(**client, (*batch)->events.size());
  if (!admitted) co_return admitted.error();

  // From here a bad event is one verdict, and never fails its batch.
  stages_.validate.check(**batch);
  stages_.scrub.apply_to_envelope(**batch);
  // What was rejected too: it is bound for the dead-letter topic.
  co_await in_turns((*batch)->events, [&](Event& event) {
    const std::size_t checked_bytes = stages_.validate.check_schema(**batch, event);
    stages_.scrub.apply_to_event(**batch, event);
    return event.raw.size() + checked_bytes;
  });
  stages_.stamp.apply(**batch);
  stages_.route.apply(**batch);
  stages_.sink.fit(**batch);  // what its topic would not take becomes a verdict, too

  auto delivered = co_await deliver(std::move(*batch));
  co_return delivered;
}

// Rate limits and memory are those of events: whoever may send them may ask for their erasure.
net::awaitable<Outcome<Pipeline::Delivered>> Pipeline::run_erasure(Request& request) {
  const RequestHead& head = request.head;
  auto client = stages_.auth.authenticate(head);
  if (!client) co_return client.error();
  request.client = *client;
  if (!stages_.sink.available()) co_return KafkaSink::unavailable();
  auto lease = stages_.admit.admit(**client, head);
  if (!lease) co_return lease.error();
  auto readable = ErasureReader::check_head(head);
  if (!readable) co_return readable.error();

  auto body = co_await request.body.read(ErasureReader::kBodyBytesMax, *lease);
  if (!body) co_return body.error();
  request.body_bytes = body->size();
  auto batch = stages_.erase.read(head, *client, std::move(*body), std::move(*lease));
  if (!batch) co_return batch.error();
  auto admitted = stages_.admit.admit_events(**client, (*batch)->events.size());
  if (!admitted) co_return admitted.error();
  auto delivered = co_await deliver(std::move(*batch));
  co_return delivered;
}

net::awaitable<Outcome<Pipeline::Delivered>> Pipeline::deliver(std::shared_ptr<Batch> batch) {
  // The last that needs memory. Once Kafka has the events, an answer must not fail for want of it.
  MemoryLease& memory = batch->memory.lease();
  const std::size_t answer_bytes = batch_answer_bytes_max(*batch);
  grow_or_throw(memory, answer_bytes + KafkaSink::overhead_bytes(*batch));
  MemoryLease answer_memory = memory.split(answer_bytes);

  const auto begin = Clock::now();
  auto delivered = co_await stages_.sink.deliver(batch);
  if (!delivered) co_return delivered.error();  // 503: the SDK keeps the batch
  stages_.metrics.delivered(Clock::now() - begin);
  co_return Delivered{std::move(batch), std::move(answer_memory)};
}

net::awaitable<Answer> Pipeline::handle(RequestHead head, BodyReader& body) {
  const auto begin = Clock::now();
  Request request{head, body, nullptr, 0};
  auto delivered = co_await run_caught(request);
  Answer answer = delivered ? accepted(request, std::move(*delivered))
                            : refusal(delivered.error(), head.correlation_id, request.client.get(),
                                      request.body_bytes);
  if (answer.status == 429 && request.client)
    answer.rate_limit = stages_.admit.rate_status(*request.client);
  stages_.metrics.request_answered(id_of(request.client.get()), answer.status, Clock::now() - begin,
                                   request.body_bytes);
  co_return answer;
}

net::awaitable<Outcome<Pipeline::Delivered>> Pipeline::run_caught(Request& request) {
  try {
    // Apart, for GCC 12 destroys the frame of one of two co_awaits in a ?: too early.
    if (request.is_erasure()) {
      auto asked = co_await run_erasure(request);
      co_return asked;
    }
    auto delivered = co_await run(request);
    co_return delivered;
  } catch (const OutOfMemoryBudget& error) {
    co_return error.for_good() ? needs_too_much_memory() : overloaded();
  } catch (const std::bad_alloc&) {
    co_return overloaded();
  } catch (const std::exception& error) {
    stages_.log.error("a stage failed; its request is answered 500", {{"what", error.what()}});
    co_return Problem{500, "internal_error", "the gateway failed; its log says where", {}};
  }
}

void Pipeline::count_events(const Batch& batch) {
  const std::string& key_id = batch.client->id;
  std::size_t good = 0;
  for (const Event& event : batch.events) {
    if (event.reject)
      stages_.metrics.event_rejected(key_id, event.reject->code);
    else
      ++good;
  }
  stages_.metrics.events_accepted(key_id, good);
  for (const auto& [reason, count] : batch.dropped)
    stages_.metrics.events_dropped_by_client(reason, count);
}

Answer Pipeline::accepted(const Request& request, Delivered delivered) {
  const Batch& batch = *delivered.batch;
  if (request.is_erasure())
    stages_.metrics.erasures_accepted(batch.events.size());
  else
    count_events(batch);
  Answer answer = batch_answer(batch);
  answer.memory = std::move(delivered.answer_memory);
  return answer;
}

Answer Pipeline::refuse(const Problem& problem, std::string_view correlation_id) {
  stages_.metrics.request_answered("", problem.status, Clock::duration::zero(), 0);
  return refusal(problem, correlation_id, nullptr, 0);
}

Answer Pipeline::refusal(const Problem& problem, std::string_view correlation_id,
                         const ClientKey* client, std::size_t body_bytes) {
  stages_.metrics.request_refused(id_of(client), problem.code);
  stages_.log.debug("request refused", {{"status", std::int64_t{problem.status}},
                                        {"code", problem.code},
                                        {"key_id", id_of(client)},
                                        {"body_bytes", static_cast<std::int64_t>(body_bytes)}});
  return problem_answer(problem, correlation_id);
}

}  // namespace penstock::gateway
