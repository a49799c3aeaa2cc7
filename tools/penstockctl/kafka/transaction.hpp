// Writes to Kafka in transactions: all of one is there, or nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kafka_access.hpp"
#include "kafka_handles.hpp"

namespace penstock::ctl {

// The open transaction is lost, and nothing of it is in Kafka; what was committed is. Whoever goes on
// makes a new TransactionalProducer, reads what was committed, and does the rest again.
struct TransactionLost : KafkaAway {
  using KafkaAway::KafkaAway;
};

// Kafka will never take a record of the open transaction, of which nothing is in Kafka.
struct RecordRefused : std::runtime_error {
  RecordRefused(const std::string& text, rd_kafka_resp_err_t its_code, std::size_t its_number)
      : std::runtime_error(text), code(its_code), number(its_number) {}
  rd_kafka_resp_err_t code;
  std::size_t number;  // in its transaction, from 0
};
// As RecordRefused, but it may be the batch that is too large for the topic, and no record of it. A
// producer with Batches::kOfOne can tell.
struct BatchRefused : RecordRefused {
  using RecordRefused::RecordRefused;
};

// One thread at a time.
class TransactionalProducer {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  enum class Batches : bool { kOfMany, kOfOne };  // records that go in one batch

  // Ends what an earlier producer of the same `id` has left open, shuts that one out, and waits until
  // consumers see all that was committed. Throws TransactionLost if Kafka is away, std::runtime_error
  // if it does not let us.
  TransactionalProducer(const KafkaAccess& access, const std::string& id,
                        Batches batches = Batches::kOfMany);

  void begin();
  // `partition`: any of the topic, or RD_KAFKA_PARTITION_UA: as Java's clients choose it by the key.
  // Waits while much is on its way. Throws TransactionLost; RecordRefused.
  void send(const std::string& topic, std::int32_t partition, std::optional<std::string_view> key,
            std::string_view value, const Headers& headers, std::int64_t timestamp_ms);
  // What removes the key's records from a compacted topic.
  void send_tombstone(const std::string& topic, std::int32_t partition, std::string_view key);
  // A copy of `message` with `extra` headers behind its own.
  void send_copy(const std::string& topic, std::int32_t partition,
                 const rd_kafka_message_t& message, const Headers& extra,
                 std::int64_t timestamp_ms);
  // Commits these offsets of the group of `consumer` together with what was sent.
  void send_offsets(rd_kafka_t* consumer, const rd_kafka_topic_partition_list_t& offsets);
  // Returns when it is certain that all will be there; consumers may see it a moment later, see
  // wait_until_visible(). Throws TransactionLost, also when it is not known whether they
  // have it, and when Kafka does not answer for half a minute; RecordRefused.
  void commit();

  // Waits until consumers see all that was committed under `id`; shuts out who writes under it.
  static void wait_until_visible(const KafkaAccess& access, const std::string& id) {
    const TransactionalProducer after(access, id);
  }

  // Of the open transaction.
  std::size_t records() const noexcept { return records_; }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  void delivered(const rd_kafka_message_t& message);
  rd_kafka_topic_t* handle_of(const std::string& topic);
  // Takes `headers` over.
  void produce(rd_kafka_topic_t* topic, std::int32_t partition, const void* key,
               std::size_t key_bytes, std::string_view value, Owned<rd_kafka_headers_t> headers,
               std::int64_t timestamp_ms);
  void check(const char* doing, rd_kafka_error_t* error);
  void throw_if_refused() const;

  const bool batches_of_one_;
  std::string refused_;  // why Kafka will never take a record
  rd_kafka_resp_err_t refused_code_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::size_t refused_number_ = 0;
  Owned<rd_kafka_t> client_;
  std::vector<std::pair<std::string, Owned<rd_kafka_topic_t>>> topics_;
  std::size_t records_ = 0, bytes_ = 0;
};

}  // namespace penstock::ctl
