#include "batch_decoder.hpp"

#include <mutex>
#include <utility>
#include <vector>

#include "batch_reader.hpp"
#include "inflater.hpp"
#include "media_type.hpp"
#include "structural_index.hpp"
#include "wire/identifier.hpp"
#include "wire/limits.hpp"
#include "wire/utf8.hpp"

namespace penstock::gateway {
namespace {

// What is costly to make and is used again.
struct Tools {
  Inflater inflater;
  StructuralIndex index;
};

std::shared_ptr<Batch> make_batch(const RequestHead& head, std::shared_ptr<const ClientKey> client,
                                  std::string body, MemoryLease lease) {
  auto batch = std::make_shared<Batch>(std::move(lease));
  batch->body = std::move(body);
  batch->client = std::move(client);
  batch->received_at_ms = head.received_at_ms;
  batch->idempotency_key = head.idempotency_key;
  batch->traceparent = head.traceparent;
  // Before it is masked, which would make an escape of what is forbidden.
  if (wire::is_identifier(head.correlation_id) && wire::is_utf8(head.correlation_id))
    batch->correlation_id = head.correlation_id;
  return batch;
}

}  // namespace

// As many as there were decodes at one time: at most one for each thread.
class BatchDecoder::ToolPool {
 public:
  std::unique_ptr<Tools> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto tools = std::move(idle_.back());
        idle_.pop_back();
        return tools;
      }
    }
    return std::make_unique<Tools>();
  }
  void give_back(std::unique_ptr<Tools> tools) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(tools));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Tools>> idle_;
};

BatchDecoder::BatchDecoder(const DecodeLimits& limits)
    : limits_(limits), tools_(std::make_unique<ToolPool>()) {}
BatchDecoder::~BatchDecoder() = default;

Outcome<void> BatchDecoder::check_head(const RequestHead& head) {
  if (!body_format(head.content_type)) {
    return Problem{415,
                   "unsupported_type",
                   "Content-Type: expected application/json or application/x-ndjson, in UTF-8",
                   {}};
  }
  if (!body_coding(head.content_encoding)) {
    return Problem{
        415, "unsupported_encoding", "Content-Encoding: expected one of identity, gzip, zstd", {}};
  }
  if (!head.idempotency_key.empty() && !wire::is_identifier(head.idempotency_key)) {
    return Problem{400,
                   "invalid_idempotency_key",
                   "Idempotency-Key: expected 1 to 256 bytes without control characters",
                   {}};
  }
  return {};
}

Outcome<std::shared_ptr<Batch>> BatchDecoder::decode(const RequestHead& head,
                                                     std::shared_ptr<const ClientKey> client,
                                                     std::string body, MemoryLease lease) const {
  if (auto readable = check_head(head); !readable) return std::move(readable.error());
  const auto format = body_format(head.content_type);
  const auto coding = body_coding(head.content_encoding);

  // Lost, not given back, if something throws: its state is unknown then
  auto tools = tools_->take();
  auto inflated = tools->inflater.inflate(*coding, std::move(body), limits_.inflated_bytes, lease);
  if (!inflated) {
    tools_->give_back(std::move(tools));
    return std::move(inflated.error());
  }
  auto batch = make_batch(head, std::move(client), std::move(*inflated), std::move(lease));
  BatchReader reader(limits_, tools->index, *batch);
  auto read = *format == BodyFormat::kJson ? reader.read_json() : reader.read_ndjson();
  tools->index.shrink(batch->memory.lease());
  tools_->give_back(std::move(tools));
  if (!read) return std::move(read.error());
  return batch;
}

}  // namespace penstock::gateway
