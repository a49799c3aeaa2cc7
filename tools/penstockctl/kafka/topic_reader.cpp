#include "topic_reader.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "kafka_handles.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

constexpr int kConnectTimeoutMs = 5000;
constexpr int kPollMs = 100;
constexpr std::int64_t kLittle = 50'000;  // records that are read rather than looked up by time
constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

using List = Owned<rd_kafka_topic_partition_list_t>;

std::int64_t start_of(const ReaderSettings& settings) {
  if (settings.place) return settings.place->offset;
  if (settings.since_ms) return *settings.since_ms;  // until seek_time() has made an offset of it
  return settings.from_beginning ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END;
}

// Where there are topics of a gateway under a prefix, that prefix.
std::string prefix_hint(const struct rd_kafka_metadata& metadata) {
  constexpr std::string_view kName = wire::kTopicUserActivity;
  for (int t = 0; t < metadata.topic_cnt; ++t) {
    const std::string_view topic = metadata.topics[t].topic;
    if (topic.size() > kName.size() && topic.ends_with(kName)) {
      return "; it has " + std::string(topic) + ": give --topic-prefix " +
             std::string(topic.substr(0, topic.size() - kName.size()));
    }
  }
  return "; see --topic-prefix and --topic";
}

std::optional<std::int32_t> partition_of(const rd_kafka_metadata_topic& topic,
                                         const ReaderSettings& settings) {
  if (settings.place) return settings.place->partition;
  const auto key = settings.keys.find(topic.topic);
  if (key == settings.keys.end() || topic.partition_cnt == 0) return std::nullopt;
  return rd_kafka_msg_partitioner_murmur2(nullptr, key->second.data(), key->second.size(),
                                          topic.partition_cnt, nullptr, nullptr);
}

// Each with the offset, or the time, to begin at.
List partitions_to_read(const struct rd_kafka_metadata& metadata, const ReaderSettings& settings) {
  List list(rd_kafka_topic_partition_list_new(0));
  for (int t = 0; t < metadata.topic_cnt; ++t) {
    const auto& topic = metadata.topics[t];
    if (std::ranges::find(settings.topics, topic.topic) == settings.topics.end()) continue;
    const auto only = partition_of(topic, settings);
    for (int p = 0; p < topic.partition_cnt; ++p) {
      const auto id = topic.partitions[p].id;
      if (only && *only != id) continue;
      rd_kafka_topic_partition_list_add(list.get(), topic.topic, id)->offset = start_of(settings);
    }
  }
  if (list->cnt > 0) return list;
  std::string names;
  for (const auto& topic : settings.topics) names += ' ' + topic;
  throw std::runtime_error("Kafka at " + settings.brokers + " has none of the topics" + names +
                           prefix_hint(metadata));
}

}  // namespace

struct TopicReader::Client {
  using Span = TopicReader::Span;

  explicit Client(const ReaderSettings& settings) {
    auto conf = conf_for({settings.brokers, "", settings.properties});
    set_property(conf.get(), "group.id",
                 "penstockctl");  // librdkafka wants one; it is never joined
    set_property(conf.get(), "enable.auto.commit", "false");
    set_property(conf.get(), "enable.partition.eof", "true");
    set_property(conf.get(), "auto.offset.reset", "earliest");  // retention may overtake the reader
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_error_cb(conf.get(),
                               [](rd_kafka_t*, int error, const char* text, void* self) {
                                 auto* const client = static_cast<Client*>(self);
                                 if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
                                   client->away = true;
                                 else
                                   client->last_error = text;
                               });
    handle = new_client(RD_KAFKA_CONSUMER, std::move(conf));
    rd_kafka_poll_set_consumer(handle.get());
  }

  Owned<const struct rd_kafka_metadata> ask(const std::string& brokers) {
    return ask_metadata(handle.get(), brokers, [this] {
      const Owned<rd_kafka_message_t> none(rd_kafka_consumer_poll(handle.get(), 0));  // error_cb
      return last_error;
    });
  }

  // Makes of the times in the list the offsets of their records; the end, where there is none. Reads
  // little topics from their begin, which costs no more than to ask: whoever asks by time filters by
  // it too, and the gateway's embedded Kafka knows no times.
  void seek_time(rd_kafka_topic_partition_list_t* list, bool little) {
    if (little) {
      for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
      return;
    }
    const auto error = rd_kafka_offsets_for_times(handle.get(), list, kConnectTimeoutMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error(std::string("cannot look up the time: ") + rd_kafka_err2str(error));
    for (int i = 0; i < list->cnt; ++i) {
      if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        list->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
    }
  }

  // All that the partitions of the list hold.
  std::vector<Span> extents(const rd_kafka_topic_partition_list_t& list) {
    std::vector<Span> spans;
    for (int i = 0; i < list.cnt; ++i) {
      const auto& partition = list.elems[i];
      Span span{partition.topic, partition.partition};
      const auto error =
          rd_kafka_query_watermark_offsets(handle.get(), partition.topic, partition.partition,
                                           &span.begin, &span.end, kConnectTimeoutMs);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error(std::string("cannot ask where a topic ends: ") +
                                 rd_kafka_err2str(error));
      spans.push_back(std::move(span));
    }
    return spans;
  }

  // Ends each span at the first record of `until_ms` or later, where Kafka knows it.
  void end_at(std::int64_t until_ms, const rd_kafka_topic_partition_list_t& list,
              std::vector<Span>& spans) {
    const List ends(rd_kafka_topic_partition_list_copy(&list));
    for (int i = 0; i < ends->cnt; ++i) ends->elems[i].offset = until_ms;
    if (rd_kafka_offsets_for_times(handle.get(), ends.get(), kConnectTimeoutMs) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
      return;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const auto& end = ends->elems[i];
      if (end.err == RD_KAFKA_RESP_ERR_NO_ERROR && end.offset >= 0)
        spans[i].end = std::min(spans[i].end, end.offset);
    }
  }

  // The reader's thread alone: error_cb comes from its polls.
  std::string last_error;
  bool away = false;
  std::chrono::steady_clock::time_point asked{};
  Owned<rd_kafka_t> handle;
};

TopicReader::TopicReader(const ReaderSettings& settings)
    : client_(std::make_unique<Client>(settings)) {
  const auto metadata = client_->ask(settings.brokers);
  const List list = partitions_to_read(*metadata, settings);
  for (int i = 0; i < list->cnt; ++i)
    partitions_[{list->elems[i].topic, list->elems[i].partition}].end = kEndless;
  partitions_behind_ = partitions_.size();
  if (settings.since_ms || settings.until_ms) bound(settings, list.get());
  if (const auto error = rd_kafka_assign(client_->handle.get(), list.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error(std::string("cannot read: ") + rd_kafka_err2str(error));
}

void TopicReader::bound(const ReaderSettings& settings, rd_kafka_topic_partition_list_t* list) {
  auto spans = client_->extents(*list);
  const bool little = std::accumulate(spans.begin(), spans.end(), std::int64_t{0},
                                      [](std::int64_t sum, const Span& span) {
                                        return sum + span.end - span.begin;
                                      }) <= kLittle;
  if (settings.since_ms) client_->seek_time(list, little);
  if (!settings.until_ms) return;
  until_ms_ =
      *settings.until_ms > kEndless - kUntilSlackMs ? kEndless : *settings.until_ms + kUntilSlackMs;
  if (!little && until_ms_ != kEndless) client_->end_at(until_ms_, *list, spans);
  for (std::size_t i = spans.size(); i-- > 0;) {
    auto& span = spans[i];
    const auto offset = list->elems[i].offset;
    if (offset == RD_KAFKA_OFFSET_END) span.begin = span.end;
    if (offset >= 0) span.begin = std::min(std::max(span.begin, offset), span.end);
    auto& partition = partitions_[{span.topic, span.partition}];
    partition.end = span.end;
    if (span.begin < span.end) continue;
    partition.behind = false;
    --partitions_behind_;
    rd_kafka_topic_partition_list_del_by_idx(list, static_cast<int>(i));
  }
  spans_ = std::move(spans);
}

TopicReader::~TopicReader() { rd_kafka_consumer_close(client_->handle.get()); }

std::string TopicReader::away() const {
  if (!client_->away) return "";
  return client_->last_error.empty() ? "no broker answers" : client_->last_error;
}

// librdkafka says when the last connection is gone, but not when one is there again.
void TopicReader::look_whether_back() {
  constexpr std::chrono::seconds kInterval{1};
  constexpr int kTimeoutMs = 500;
  const auto now = std::chrono::steady_clock::now();
  if (!client_->away || now - client_->asked < kInterval) return;
  client_->asked = now;
  const struct rd_kafka_metadata* found = nullptr;
  if (rd_kafka_metadata(client_->handle.get(), 0, nullptr, &found, kTimeoutMs) !=
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  rd_kafka_metadata_destroy(found);
  client_->away = false;
}

std::optional<Record> TopicReader::within_bounds(const rd_kafka_message_t& message) {
  const auto& partition = partitions_[{rd_kafka_topic_name(message.rkt), message.partition}];
  if (!partition.behind) return std::nullopt;  // was on its way when the partition was done
  const bool later =
      message.offset >= partition.end || rd_kafka_message_timestamp(&message, nullptr) > until_ms_;
  if (later || message.offset + 1 == partition.end) done(message);
  if (later) return std::nullopt;
  return to_record(message);
}

void TopicReader::done(const rd_kafka_message_t& message) {
  const char* const topic = rd_kafka_topic_name(message.rkt);
  if (!std::exchange(partitions_[{topic, message.partition}].behind, false)) return;
  --partitions_behind_;
  if (spans_.empty()) return;
  const List list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic, message.partition);
  rd_kafka_pause_partitions(client_->handle.get(), list.get());
}

std::optional<Record> TopicReader::next() {
  const Owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(client_->handle.get(), kPollMs));
  if (!message) {
    look_whether_back();
    return std::nullopt;
  }
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      client_->away = false;
      return spans_.empty() ? to_record(*message) : within_bounds(*message);
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      done(*message);
      return std::nullopt;
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return std::nullopt;  // librdkafka looks for the group, which is never joined
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__FATAL:
      throw std::runtime_error(std::string("cannot read: ") +
                               rd_kafka_message_errstr(message.get()));
    default:
      return std::nullopt;  // librdkafka tries again
  }
}

}  // namespace penstock::ctl
