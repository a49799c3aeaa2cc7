#include "transport/erasure_sender.hpp"

#include "transport/answer_reader.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {

Decision ErasureSender::send_next(https::Client& client, https::WhileWaiting& duty,
                                  std::int64_t now_unix_seconds, double random) {
  const auto queued = queue_.pending();
  if (queued.empty()) {
    next_ = Clock::time_point::max();
    return {Action::kAcknowledge};
  }
  // A UUID and a timestamp: nothing to escape.
  const std::string body = R"({"installIds":[")" + queued.front().install_id +
                           R"("],"requestedAt":")" + queued.front().requested_at + R"("})";
  const https::Answer answer = client.send(
      {.path = wire::kErasurePath, .body = body, .content_type = wire::kContentTypeJson}, &duty);

  if (answer.status == 404) {  // one that knows no erasure: a later version may
    gateway_knows_none_ = true;
    next_ = Clock::time_point::max();
    return {Action::kAcknowledge};
  }
  Attempt attempt{answer.status, confirms_erasure(answer.body), failures_, refusals_, {}};
  attempt.retry_after = parse_retry_after(answer.retry_after, now_unix_seconds);
  const Decision decision = decide(attempt, limits_, random);
  switch (decision.action) {
    case Action::kAcknowledge:
      queue_.remove(queued.front());
      failures_ = refusals_ = 0;
      next_ = Clock::time_point::min();
      break;
    case Action::kRetry:
      ++failures_;
      next_ = Clock::now() + decision.wait;
      break;
    case Action::kAskRarely:
      ++refusals_;
      next_ = Clock::now() + decision.wait;
      break;
    case Action::kSplit:
      next_ = Clock::time_point::max();
      break;
  }
  return decision;
}

}  // namespace penstock::transport
