#include "replay_to_gateway.hpp"

#include <optional>
#include <stdexcept>
#include <string_view>

#include "kafka_handles.hpp"
#include "ndjson_line.hpp"
#include "replay_positions.hpp"
#include "replay_target.hpp"
#include "wire/uuid.hpp"

namespace penstock::ctl {
namespace {

constexpr std::size_t kEventsMax = 500;
constexpr std::size_t kBytesMax = 900'000;  // below the gateway's 1 MiB
// What may have to be sent again.
constexpr std::uint64_t kUnnotedMax = 5000;

class ReplayToGateway : public ReplayTarget {
 public:
  ReplayToGateway(const ReplaySettings& settings, const GatewayAccess& gateway,
                  std::map<std::string, std::uint64_t>& codes)
      : settings_(settings), post_(gateway), codes_(codes) {}

  void check(RangeReader&) override {}
  std::optional<ReplayState> look(RangeReader& reader) override {
    return committed_state(reader, settings_);
  }
  std::optional<ReplayState> open(RangeReader& reader) override {
    reader_ = &reader;
    batches_.clear();
    renamed_ = rejected_ = sent_ = 0;
    return look(reader);
  }
  void put(const rd_kafka_message_t& message) override;
  bool full() const override { return sent_ >= kUnnotedMax; }
  void note(ReplayState& state) override;
  void finish(const ReplayState&) override {}

 private:
  // Of one partition, so that it holds the same if it has to be sent again.
  struct Batch {
    std::int64_t first = 0;  // its offset
    std::string lines;
    std::size_t events = 0;
  };
  void send(std::int32_t partition, Batch& batch);

  const ReplaySettings& settings_;
  GatewayPost post_;
  std::map<std::string, std::uint64_t>& codes_;
  RangeReader* reader_ = nullptr;
  std::map<std::int32_t, Batch> batches_;
  std::uint64_t renamed_ = 0, rejected_ = 0, sent_ = 0;  // since note()
};

void ReplayToGateway::put(const rd_kafka_message_t& message) {
  const std::string_view value(static_cast<const char*>(message.payload), message.len);
  if (value.empty()) return;  // a tombstone is no event
  Batch& batch = batches_[message.partition];
  if (batch.events > 0 && batch.lines.size() + value.size() > kBytesMax)
    send(message.partition, batch);
  if (batch.events == 0) batch.first = message.offset;
  append_ndjson_line(batch.lines, value);
  batch.lines += '\n';
  ++batch.events;
  if (!keeps_event_id(value)) ++renamed_;
  if (batch.events == kEventsMax) send(message.partition, batch);
}

void ReplayToGateway::send(std::int32_t partition, Batch& batch) {
  if (batch.events == 0) return;
  const std::string key =
      "replay-" + wire::name_uuid(wire::Uuid{}, settings_.group() + '\n' + settings_.topic + '\n' +
                                                    std::to_string(partition) + '\n' +
                                                    std::to_string(batch.first))
                      .text();
  const auto verdicts = post_.send(batch.lines, batch.events, key);
  rejected_ += verdicts.rejected;
  for (const auto& [code, count] : verdicts.codes) codes_[code] += count;
  sent_ += batch.events;
  batch = {};
}

void ReplayToGateway::note(ReplayState& state) {
  for (auto& [partition, batch] : batches_) send(partition, batch);
  state.renamed += renamed_;
  state.rejected += rejected_;
  renamed_ = rejected_ = sent_ = 0;
  const auto offsets = offsets_of(state, settings_);
  if (offsets->cnt == 0) return;
  const auto error = rd_kafka_commit(reader_->client(), offsets.get(), /*async=*/0);
  if (error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    throw std::runtime_error("this user may not commit offsets of the group " + settings_.group());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw KafkaAway("cannot note how far the replay is: " + std::string(rd_kafka_err2str(error)));
}

}  // namespace

std::shared_ptr<ReplayTarget> replay_to_gateway(const ReplaySettings& settings,
                                                const GatewayAccess& gateway,
                                                std::map<std::string, std::uint64_t>& codes) {
  return std::make_shared<ReplayToGateway>(settings, gateway, codes);
}

}  // namespace penstock::ctl
