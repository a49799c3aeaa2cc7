#include "replay_to_topic.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "replay_positions.hpp"
#include "replay_target.hpp"
#include "transaction.hpp"

namespace penstock::ctl {
namespace {

// What one transaction holds at most.
constexpr std::size_t kRecordsMax = 5000;
constexpr std::size_t kBytesMax = std::size_t{16} << 20;

class ReplayToTopic : public ReplayTarget {
 public:
  // `topic`: its whole name. `new_timestamps`: the copies get Kafka's time of now.
  ReplayToTopic(const ReplaySettings& settings, std::string topic, bool new_timestamps)
      : settings_(settings), topic_(std::move(topic)), new_timestamps_(new_timestamps) {}

  void check(RangeReader& reader) override;
  std::optional<ReplayState> look(RangeReader& reader) override;
  std::optional<ReplayState> open(RangeReader& reader) override;
  void put(const rd_kafka_message_t& message) override;
  bool full() const override;
  void note(ReplayState& state) override;
  void finish(const ReplayState& state) override;

 private:
  void begin();

  const ReplaySettings& settings_;
  const std::string topic_;
  const bool new_timestamps_;
  const TransactionalProducer::Headers mark_{{kReplayedHeader, settings_.name}};
  RangeReader* reader_ = nullptr;
  std::optional<TransactionalProducer> producer_;
  bool same_partitions_ = false;
  bool open_ = false;
};

void ReplayToTopic::check(RangeReader& reader) {
  const auto shape = reader.shape(topic_);
  if (!shape)
    throw std::runtime_error("Kafka at " + settings_.kafka.brokers + " has no topic " + topic_ +
                             " to replay to; create it first");
  const auto source = reader.shape(settings_.topic);
  same_partitions_ = source && source->partitions == shape->partitions;
}

std::optional<ReplayState> ReplayToTopic::look(RangeReader& reader) {
  return committed_state(reader, settings_);
}

std::optional<ReplayState> ReplayToTopic::open(RangeReader& reader) {
  reader_ = &reader;
  open_ = false;
  producer_.reset();
  // Before the positions are read: this ends what an earlier run has left open.
  producer_.emplace(settings_.kafka, settings_.group());
  return look(reader);
}

void ReplayToTopic::begin() {
  if (open_) return;
  producer_->begin();
  open_ = true;
}

void ReplayToTopic::put(const rd_kafka_message_t& message) {
  begin();
  const auto time = rd_kafka_message_timestamp(&message, nullptr);
  producer_->send_copy(topic_, same_partitions_ ? message.partition : RD_KAFKA_PARTITION_UA,
                       message, mark_, new_timestamps_ ? 0 : std::max<std::int64_t>(time, 0));
}

bool ReplayToTopic::full() const {
  return open_ && (producer_->records() >= kRecordsMax || producer_->bytes() >= kBytesMax);
}

void ReplayToTopic::note(ReplayState& state) {
  begin();
  const auto offsets = offsets_of(state, settings_);
  if (offsets->cnt > 0) producer_->send_offsets(reader_->client(), *offsets);
  producer_->commit();
  open_ = false;
}

void ReplayToTopic::finish(const ReplayState&) {
  producer_.reset();
  TransactionalProducer::wait_until_visible(settings_.kafka, settings_.group());
}

}  // namespace

std::shared_ptr<ReplayTarget> replay_to_topic(const ReplaySettings& settings,
                                              const std::string& topic, bool new_timestamps) {
  return std::make_shared<ReplayToTopic>(settings, topic, new_timestamps);
}

}  // namespace penstock::ctl
