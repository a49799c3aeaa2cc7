// One batch to the gateway and back: body, compression, request, verdicts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "https/client.hpp"
#include "journal/ledger.hpp"
#include "penstock/options.hpp"
#include "platform/clock.hpp"
#include "transport/answer_reader.hpp"
#include "transport/batch.hpp"
#include "transport/batcher.hpp"
#include "transport/compressor.hpp"

namespace penstock::transport {

// The sender thread's. Throws std::bad_alloc.
class Delivery {
 public:
  // `client` and `time` outlive this object. `context_json` is as Batcher has it.
  Delivery(const Options& options, std::string context_json, https::Client& client,
           const platform::TimeSource& time);

  struct Result {
    https::Answer answer;
    // Of a 2xx that is a gateway's answer to just this batch
    std::optional<Verdicts> verdicts;
    std::size_t bytes_sent = 0;
  };
  // Of all later batches; as Batcher has it.
  void set_context(std::string context_json) noexcept {
    batcher_.set_context(std::move(context_json));
  }
  // One request. Nothing if the batch was purged before that began.
  std::optional<Result> send(const Batch& batch, https::WhileWaiting& duty);

  // The gateway has that batch, and with it knows of the events that were given up.
  void acknowledged(journal::Journal& journal) const;

  // For people: why `answer` is not an acknowledgement.
  std::string describe(const https::Answer& answer) const;

 private:
  https::Client& client_;
  const platform::TimeSource& time_;
  const std::string write_key_;
  Batcher batcher_;
  Compressor compressor_;
  journal::DropTotals reporting_{};  // what the gateway knows of drops once it has the last batch
};

}  // namespace penstock::transport
