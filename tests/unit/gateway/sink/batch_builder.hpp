// Batches as the stages before the sink leave them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "request.hpp"
#include "wire/uuid.hpp"

namespace penstock::test {

// The texts of its events live in the batch, so it may be given away. One thread at a time.
class BatchBuilder {
 public:
  BatchBuilder() : batch_(std::make_shared<gateway::Batch>()) {
    auto client = std::make_shared<gateway::ClientKey>();
    client->id = "test-key";
    batch_->client = std::move(client);
    batch_->received_at_ms = 1'733'661'296'789;  // 2024-12-08T12:34:56.789Z
    batch_->install_id = "install-1";
  }

  BatchBuilder& traceparent(std::string value) {
    batch_->traceparent = std::move(value);
    return *this;
  }

  BatchBuilder& context(std::string_view json) {
    batch_->context_json = keep(json);
    return *this;
  }

  BatchBuilder& event(std::string_view record, std::string_view key = "user-1",
                      std::string_view topic = "user-activity") {
    gateway::Event event;
    event.index = static_cast<std::uint32_t>(batch_->events.size());
    event.event_id = wire::name_uuid({}, record);
    event.correlation_id = "flow-1";
    event.key = keep(key);
    event.schema = "UserActivity/1";
    event.topic = keep(topic);
    event.record = keep(record);
    batch_->events.push_back(std::move(event));
    return *this;
  }

  BatchBuilder& rejected(std::string_view record, gateway::Reject reject) {
    event(record);
    batch_->events.back().reject = std::move(reject);
    return *this;
  }

  // Events whose records are "<first>", "<first + 1>", ..., all with one key.
  BatchBuilder& numbered(int first, int count) {
    for (int i = 0; i < count; ++i) event(std::to_string(first + i));
    return *this;
  }

  std::shared_ptr<gateway::Batch> build() { return std::move(batch_); }

 private:
  std::string_view keep(std::string_view text) {
    auto* const bytes = batch_->allocate(text.size() + 1);
    text.copy(bytes, text.size());
    return {bytes, text.size()};
  }

  std::shared_ptr<gateway::Batch> batch_;
};

}  // namespace penstock::test
