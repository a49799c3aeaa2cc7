#include "range_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace penstock::ctl {
namespace {

constexpr int kTimeoutMs = 10'000;
constexpr int kPollMs = 100;
constexpr std::size_t kMessagesMax = 1000;
constexpr int kEmptyPollsMax = 60'000 / kPollMs;

}  // namespace

RangeReader::RangeReader(const KafkaAccess& access, const std::string& group) : access_(access) {
  auto conf = conf_for(access);
  set_property(conf.get(), "group.id", group);
  set_property(conf.get(), "enable.auto.commit", "false");
  set_property(conf.get(), "enable.auto.offset.store", "false");
  set_property(conf.get(), "enable.partition.eof", "true");
  set_property(conf.get(), "auto.offset.reset", "error");  // retention may overtake the reader
  set_property(conf.get(), "fetch.wait.max.ms", "50");     // what is read lies there already
  set_property(conf.get(), "isolation.level", "read_committed");
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), [](rd_kafka_t*, int error, const char* text, void* self) {
    static_cast<RangeReader*>(self)->heard(error, text);
  });
  client_ = new_client(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  metadata_ = ask_metadata(client_.get(), access.brokers, [this] {
    const Owned<rd_kafka_message_t> none(rd_kafka_consumer_poll(client_.get(), 0));  // error_cb
    return last_error_;
  });
}

RangeReader::~RangeReader() {
  messages_.clear();
  queue_.reset();
  rd_kafka_consumer_close(client_.get());
}

void RangeReader::heard(int error, const char* text) {
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) last_error_ = text;
}

void RangeReader::away() const {
  throw KafkaAway("Kafka at " + access_.brokers + " has been away for a minute" +
                  (last_error_.empty() ? "" : " (" + last_error_ + ")"));
}

std::optional<TopicShape> RangeReader::shape(const std::string& topic) const {
  for (int t = 0; t < metadata_->topic_cnt; ++t) {
    const auto& found = metadata_->topics[t];
    if (topic != found.topic || found.partition_cnt == 0) continue;
    return TopicShape{found.partition_cnt, found.partitions[0].replica_cnt};
  }
  return std::nullopt;
}

std::vector<Range> RangeReader::whole(const std::string& topic) {
  const auto found = shape(topic);
  if (!found)
    throw std::runtime_error("Kafka at " + access_.brokers + " has no topic " + topic +
                             ", or hides it from this user; see --topic-prefix");
  std::vector<Range> ranges;
  for (int partition = 0; partition < found->partitions; ++partition) {
    Range range{topic, partition, 0, 0};
    const auto error = rd_kafka_query_watermark_offsets(client_.get(), topic.c_str(), partition,
                                                        &range.begin, &range.end, kTimeoutMs);
    const std::string fault =
        "cannot ask where " + topic + " begins and ends: " + rd_kafka_err2str(error);
    if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) throw std::runtime_error(fault);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw KafkaAway(fault);
    ranges.push_back(range);
  }
  return ranges;
}

std::int64_t RangeReader::offset_of_time(const Range& range, std::int64_t time_ms) {
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), range.topic.c_str(), range.partition)->offset =
      time_ms;
  auto error = rd_kafka_offsets_for_times(client_.get(), list.get(), kTimeoutMs);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[0].err;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("cannot look up a time in " + range.topic + ": " +
                             rd_kafka_err2str(error) +
                             "; give no time if this is a gateway's embedded Kafka");
  const auto offset = list->elems[0].offset;
  return offset < 0 ? range.end : std::clamp(offset, range.begin, range.end);
}

void RangeReader::begin_at(std::vector<Range>& ranges, std::int64_t time_ms) {
  for (Range& range : ranges) range.begin = offset_of_time(range, time_ms);
}

void RangeReader::end_at(std::vector<Range>& ranges, std::int64_t time_ms) {
  for (Range& range : ranges) range.end = offset_of_time(range, time_ms);
}

void RangeReader::start(const std::vector<Range>& ranges) {
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(0));
  for (const Range& range : ranges) {
    if (range.begin >= range.end) continue;
    rd_kafka_topic_partition_list_add(list.get(), range.topic.c_str(), range.partition)->offset =
        range.begin;
    states_[range.topic][range.partition] = {range.begin, range.end};
    total_ += range.end - range.begin;
    ++open_;
  }
  if (const auto error = rd_kafka_assign(client_.get(), list.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error(std::string("cannot read: ") + rd_kafka_err2str(error));
}

void RangeReader::finish(std::string_view topic, std::int32_t partition) {
  --open_;
  pause(std::string(topic), partition);  // what lies behind the end is not fetched any more
}

bool RangeReader::finished(const std::string& topic, std::int32_t partition) const {
  const auto& partitions = states_.find(topic)->second;
  const auto state = partitions.find(partition);
  return state == partitions.end() || state->second.at >= state->second.end;
}

void RangeReader::pause(const std::string& topic, std::int32_t partition) {
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  rd_kafka_pause_partitions(client_.get(), list.get());
}

void RangeReader::resume(const std::string& topic, std::int32_t partition) {
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  rd_kafka_resume_partitions(client_.get(), list.get());
}

void RangeReader::go_on_behind_retention(const rd_kafka_message_t& error) {
  const std::string topic = rd_kafka_topic_name(error.rkt);
  std::int64_t low = 0, high = 0;
  if (const auto fault = rd_kafka_query_watermark_offsets(client_.get(), topic.c_str(),
                                                          error.partition, &low, &high, kTimeoutMs);
      fault != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw KafkaAway("cannot ask where " + topic + " begins: " + rd_kafka_err2str(fault));
  const State& state = states_.find(topic)->second[error.partition];
  expired_ += std::max<std::int64_t>(std::min(low, state.end) - state.at, 0);
  advance(error, low);
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), error.partition)->offset = low;
  // A seek does nothing here: librdkafka has given the partition up.
  Owned<rd_kafka_error_t> fault(rd_kafka_incremental_unassign(client_.get(), list.get()));
  if (!fault) fault.reset(rd_kafka_incremental_assign(client_.get(), list.get()));
  if (fault)
    throw KafkaAway("cannot read on in " + topic + ": " + rd_kafka_error_string(fault.get()));
}

// `to`: the offset behind what is read.
void RangeReader::advance(const rd_kafka_message_t& message, std::int64_t to) {
  const std::string_view topic = rd_kafka_topic_name(message.rkt);
  State& state = states_.find(topic)->second[message.partition];
  if (state.at >= state.end) return;
  to = std::min(to, state.end);
  done_ += std::max<std::int64_t>(to - state.at, 0);
  state.at = std::max(to, state.at);
  if (state.at == state.end) finish(topic, message.partition);
}

const std::vector<Owned<rd_kafka_message_t>>& RangeReader::next() {
  messages_.clear();
  raw_.resize(kMessagesMax);
  const auto count = rd_kafka_consume_batch_queue(queue_.get(), kPollMs, raw_.data(), raw_.size());
  // All have an owner before one of them throws: librdkafka waits for each when it is destroyed.
  std::vector<Owned<rd_kafka_message_t>> batch(raw_.begin(),
                                               raw_.begin() + std::max<ssize_t>(count, 0));
  for (auto& message : batch) {
    switch (message->err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR: {
        const State& state = states_.find(std::string_view(rd_kafka_topic_name(message->rkt)))
                                 ->second.at(message->partition);
        // A partition that is resumed may begin anew with what it had brought.
        const bool within = message->offset >= state.at && message->offset < state.end;
        advance(*message, message->offset + 1);
        if (within) messages_.push_back(std::move(message));
        break;
      }
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        advance(*message, INT64_MAX);  // no range ends behind an end of its partition
        break;
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        go_on_behind_retention(*message);
        break;
      case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        break;  // librdkafka looks for the group, which is never joined
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR__FATAL:
        throw std::runtime_error(
            std::string("cannot read ") +
            (message->rkt == nullptr ? "from Kafka" : rd_kafka_topic_name(message->rkt)) + ": " +
            rd_kafka_message_errstr(message.get()));
      default:
        break;  // librdkafka tries again
    }
  }
  empty_polls_ = messages_.empty() ? empty_polls_ + 1 : 0;
  if (!finished() && empty_polls_ > kEmptyPollsMax) away();
  return messages_;
}

}  // namespace penstock::ctl
