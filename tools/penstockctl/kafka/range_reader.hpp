// Reads given ranges of topics, to their ends and no further. Joins no group.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kafka_access.hpp"
#include "kafka_handles.hpp"

namespace penstock::ctl {

// Of one partition: from `begin` on, before `end`.
struct Range {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t begin = 0, end = 0;
};

struct TopicShape {
  int partitions = 0;
  int replication = 0;
};

// Records of transactions that have not ended, or were aborted, are not seen. One thread at a time.
class RangeReader {
 public:
  // `group`: whose offsets committed() asks for; it is never joined. Throws KafkaAway.
  explicit RangeReader(const KafkaAccess& access, const std::string& group = "penstockctl");
  ~RangeReader();
  RangeReader(const RangeReader&) = delete;
  RangeReader& operator=(const RangeReader&) = delete;

  // Nothing if there is no such topic. As of the constructor.
  std::optional<TopicShape> shape(const std::string& topic) const;
  // All that lies there now. Throws std::runtime_error if there is no such topic, with its name;
  // KafkaAway if no broker tells.
  std::vector<Range> whole(const std::string& topic);
  // Moves each begin to the first record of this time (Unix milliseconds, by Kafka's clock) or later.
  void begin_at(std::vector<Range>& ranges, std::int64_t time_ms);
  // Moves each end to before the first record of this time or later.
  void end_at(std::vector<Range>& ranges, std::int64_t time_ms);

  void start(const std::vector<Range>& ranges);
  // Valid until the next call; empty if none arrives within a moment. Those outside of the ranges are
  // left out. Throws std::runtime_error when reading on is impossible, KafkaAway after a minute
  // without Kafka.
  const std::vector<Owned<rd_kafka_message_t>>& next();
  // What next() has returned, for a caller that keeps it for longer: at most until this object's
  // end.
  std::vector<Owned<rd_kafka_message_t>> take() noexcept { return std::move(messages_); }
  bool finished() const noexcept { return open_ == 0; }
  // Whether next() has returned all of the partition's range.
  bool finished(const std::string& topic, std::int32_t partition) const;
  // Fetches no more of a partition, until resume().
  void pause(const std::string& topic, std::int32_t partition);
  void resume(const std::string& topic, std::int32_t partition);
  // How many offsets have been read or passed over, of how many. More than the records where
  // transactions or compaction leave gaps.
  std::int64_t done() const noexcept { return done_; }
  std::int64_t total() const noexcept { return total_; }
  // How many offsets retention has taken before they were read.
  std::int64_t expired() const noexcept { return expired_; }

  rd_kafka_t* client() const noexcept { return client_.get(); }

 private:
  struct State {
    std::int64_t at = 0, end = 0;
  };
  void heard(int error, const char* text);
  void go_on_behind_retention(const rd_kafka_message_t& error);
  void advance(const rd_kafka_message_t& message, std::int64_t to);
  void finish(std::string_view topic, std::int32_t partition);
  std::int64_t offset_of_time(const Range& range, std::int64_t time_ms);
  [[noreturn]] void away() const;

  const KafkaAccess access_;
  std::string last_error_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> queue_;
  Owned<const struct rd_kafka_metadata> metadata_;
  std::map<std::string, std::map<std::int32_t, State>, std::less<>> states_;
  std::vector<Owned<rd_kafka_message_t>> messages_;
  std::vector<rd_kafka_message_t*> raw_;
  std::size_t open_ = 0;
  std::int64_t done_ = 0, total_ = 0, expired_ = 0;
  int empty_polls_ = 0;
};

}  // namespace penstock::ctl
