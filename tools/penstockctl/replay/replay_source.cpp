#include "replay_source.hpp"

#include <utility>

namespace penstock::ctl {
namespace {

// Of a partition: from here on no more is fetched, until a quarter is left.
constexpr std::size_t kHeldMax = 8000;
// Of one call of next(), so that its caller sees Ctrl-C and the time.
constexpr std::size_t kMessagesMax = 1000;

}  // namespace

ReplaySource::ReplaySource(RangeReader& reader, const std::string& topic, const ReplayState& state,
                           bool in_order)
    : reader_(reader), topic_(topic) {
  std::vector<Range> ranges;
  for (const auto& part : state.parts) {
    if (part.at >= part.end) continue;
    ranges.push_back({topic, part.partition, part.at, part.end});
    partitions_.push_back(part.partition);
  }
  if (in_order) merge_.emplace(partitions_);
  reader_.start(ranges);
}

const std::vector<Owned<rd_kafka_message_t>>& ReplaySource::next() {
  if (!merge_) return reader_.next();
  messages_.clear();
  auto message = merge_->next();
  if (!message) {
    read();
    message = merge_->next();
  }
  while (message) {
    messages_.push_back(std::move(*message));
    if (messages_.size() == kMessagesMax) break;
    message = merge_->next();
  }
  return messages_;
}

void ReplaySource::read() {
  if (reader_.finished()) return;
  reader_.next();
  for (auto& message : reader_.take()) {
    const auto time = rd_kafka_message_timestamp(message.get(), nullptr);
    const auto partition = message->partition;
    merge_->add(partition, time, std::move(message));
  }
  for (const auto partition : partitions_) {
    if (merge_->ended(partition)) continue;
    if (reader_.finished(topic_, partition))
      merge_->end(partition);
    else
      hold_up(partition);
  }
}

void ReplaySource::hold_up(std::int32_t partition) {
  const auto held = merge_->held(partition);
  if (held >= kHeldMax && paused_.insert(partition).second)
    reader_.pause(topic_, partition);
  else if (held <= kHeldMax / 4 && paused_.erase(partition) > 0)
    reader_.resume(topic_, partition);
}

}  // namespace penstock::ctl
