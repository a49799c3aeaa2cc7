// One request, from its head to its answer. Each line of run() is a stage, each stage a folder.
#pragma once

#include <memory>

#include "admit/admission.hpp"
#include "auth/authenticator.hpp"
#include "decode/batch_decoder.hpp"
#include "erase/erasure_reader.hpp"
#include "http/request_handler.hpp"
#include "observe/logger.hpp"
#include "observe/metrics.hpp"
#include "route/router.hpp"
#include "scrub/scrubber.hpp"
#include "sink/kafka_sink.hpp"
#include "stamp/stamper.hpp"
#include "validate/validator.hpp"
#include "wire/field_names.hpp"

namespace penstock::gateway {

// In the order in which a request meets them.
struct Stages {
  const Authenticator& auth;
  Admission& admit;
  const BatchDecoder& decode;
  const ErasureReader& erase;
  const Validator& validate;
  const Scrubber& scrub;
  const Stamper& stamp;
  const Router& route;
  KafkaSink& sink;
  Metrics& metrics;
  const Logger& log;
};

// Any thread: a Pipeline has no state of its own. `stages` must outlive it.
class Pipeline final : public RequestHandler {
 public:
  explicit Pipeline(const Stages& stages) noexcept : stages_(stages) {}

  // POST /v1/events and /v1/erasure. Answers only once the brokers have acknowledged every event,
  // or its dead letter, and every request for erasure. A stage that throws costs this request a 500, or a 503 if memory is short, and nothing
  // else.
  net::awaitable<Answer> handle(RequestHead head, BodyReader& body) override;

  // What did not get as far as that.
  Answer refuse(const Problem& problem, std::string_view correlation_id) override;

 private:
  struct Delivered {
    std::shared_ptr<const Batch> batch;
    MemoryLease answer_memory;
  };

  // What is known of a request so far.
  struct Request {
    RequestHead head;
    BodyReader& body;
    std::shared_ptr<const ClientKey> client;
    std::size_t body_bytes = 0;
    bool is_erasure() const noexcept { return head.path == wire::kErasurePath; }
  };

  net::awaitable<Outcome<Delivered>> run(Request& request);
  net::awaitable<Outcome<Delivered>> run_erasure(Request& request);
  // The last stage of both.
  net::awaitable<Outcome<Delivered>> deliver(std::shared_ptr<Batch> batch);
  net::awaitable<Outcome<Delivered>> run_caught(Request& request);
  Answer accepted(const Request& request, Delivered delivered);
  void count_events(const Batch& batch);
  // `client`: null if it is not known.
  Answer refusal(const Problem& problem, std::string_view correlation_id, const ClientKey* client,
                 std::size_t body_bytes);

  const Stages& stages_;
};

}  // namespace penstock::gateway
