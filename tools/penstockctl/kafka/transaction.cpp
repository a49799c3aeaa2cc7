#include "transaction.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace penstock::ctl {
namespace {

constexpr int kTimeoutMs = 30'000;
constexpr int kQueueFullMs = 100;

bool for_good(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
         error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR_INVALID_RECORD ||
         error == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP ||
         error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

bool too_large(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
         error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

const char* cure_of(rd_kafka_resp_err_t error) {
  if (too_large(error))
    return "; raise the topic's max.message.bytes, or leave the record out by a filter";
  if (error == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP || error == RD_KAFKA_RESP_ERR_INVALID_RECORD)
    return "; if it is older than the topic's message.timestamp.before.max.ms, raise that, or give "
           "the records the time of now (replay --timestamps now, dlq redrive --new-timestamps); a "
           "compacted topic takes none without a key";
  return "";
}

bool not_allowed(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

void add(rd_kafka_headers_t* headers, const TransactionalProducer::Headers& extra) {
  for (const auto& [name, value] : extra)
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
}

}  // namespace

TransactionalProducer::TransactionalProducer(const KafkaAccess& access, const std::string& id,
                                             Batches batches)
    : batches_of_one_(batches == Batches::kOfOne) {
  auto conf = conf_for(access);
  set_property(conf.get(), "transactional.id", id);
  // Consumers wait for an open transaction: not longer than this for one whose writer is gone.
  set_property(conf.get(), "transaction.timeout.ms", "20000");
  set_property(conf.get(), "partitioner", "murmur2_random");
  set_property(conf.get(), "linger.ms", "20");
  set_property(conf.get(), "message.max.bytes", "104857600");  // the topic decides, not the client
  if (batches_of_one_) set_property(conf.get(), "batch.num.messages", "1");
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(),
                              [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
                                static_cast<TransactionalProducer*>(self)->delivered(*message);
                              });
  client_ = new_client(RD_KAFKA_PRODUCER, std::move(conf));
  check("begin", rd_kafka_init_transactions(client_.get(), kTimeoutMs));
}

void TransactionalProducer::delivered(const rd_kafka_message_t& message) {
  if (!for_good(message.err) || !refused_.empty()) return;
  refused_code_ = message.err;
  refused_number_ = reinterpret_cast<std::uintptr_t>(message._private);  // NOLINT: see produce()
  refused_ = std::string("Kafka does not take a record of ") + std::to_string(message.len) +
             " bytes for " + rd_kafka_topic_name(message.rkt) + ": " +
             rd_kafka_err2str(message.err) + cure_of(message.err);
}

void TransactionalProducer::throw_if_refused() const {
  if (refused_.empty()) return;
  if (too_large(refused_code_) && !batches_of_one_)
    throw BatchRefused(refused_, refused_code_, refused_number_);
  throw RecordRefused(refused_, refused_code_, refused_number_);
}

void TransactionalProducer::check(const char* doing, rd_kafka_error_t* raw) {
  const Owned<rd_kafka_error_t> error(raw);
  if (!error) return;
  const auto code = rd_kafka_error_code(error.get());
  const std::string text =
      std::string("cannot ") + doing + " a transaction: " + rd_kafka_error_string(error.get());
  if (code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
      code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    throw std::runtime_error(
        "another run of the same work has begun, and has taken over from here");
  throw_if_refused();
  if (not_allowed(code))
    throw std::runtime_error(text +
                             "; this user needs the right to write the topics, to use the "
                             "transactional id and to read the group that begin with "
                             "penstockctl, and IdempotentWrite");
  if (code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) throw std::runtime_error(text);
  throw TransactionLost(text);
}

void TransactionalProducer::begin() {
  check("begin", rd_kafka_begin_transaction(client_.get()));
  records_ = bytes_ = 0;
}

rd_kafka_topic_t* TransactionalProducer::handle_of(const std::string& topic) {
  for (const auto& [name, handle] : topics_)
    if (name == topic) return handle.get();
  auto* const handle = rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr);
  if (handle == nullptr) throw std::runtime_error("\"" + topic + "\" is no name of a topic");
  topics_.emplace_back(topic, handle);
  return handle;
}

void TransactionalProducer::produce(rd_kafka_topic_t* topic, std::int32_t partition,
                                    const void* key, std::size_t key_bytes, std::string_view value,
                                    Owned<rd_kafka_headers_t> headers, std::int64_t timestamp_ms) {
  std::array<rd_kafka_vu_t, 8> fields{};
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = topic;
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = partition;
  fields[2].vtype = RD_KAFKA_VTYPE_KEY;
  fields[2].u.mem = {const_cast<void*>(key), key_bytes};  // NOLINT: only read
  fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[3].u.mem = {const_cast<char*>(value.data()), value.size()};  // NOLINT: only read
  fields[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  fields[4].u.i64 = timestamp_ms;
  fields[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[5].u.headers = headers.get();
  fields[6].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[6].u.i = RD_KAFKA_MSG_F_COPY;
  fields[7].vtype = RD_KAFKA_VTYPE_OPAQUE;
  fields[7].u.ptr = reinterpret_cast<void*>(records_);  // NOLINT: a number, see delivered()
  constexpr std::size_t kBetweenPolls = 64;
  if (records_ % kBetweenPolls == 0) static_cast<void>(rd_kafka_poll(client_.get(), 0));
  for (;;) {
    auto* const error = rd_kafka_produceva(client_.get(), fields.data(), fields.size());
    if (error == nullptr) break;
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      rd_kafka_error_destroy(error);
      static_cast<void>(rd_kafka_poll(client_.get(), kQueueFullMs));
      continue;
    }
    check("write in", error);
  }
  static_cast<void>(headers.release());
  ++records_;
  bytes_ += value.size();
}

void TransactionalProducer::send(const std::string& topic, std::int32_t partition,
                                 std::optional<std::string_view> key, std::string_view value,
                                 const Headers& headers, std::int64_t timestamp_ms) {
  Owned<rd_kafka_headers_t> copy(rd_kafka_headers_new(headers.size()));
  add(copy.get(), headers);
  produce(handle_of(topic), partition, key ? key->data() : nullptr, key ? key->size() : 0, value,
          std::move(copy), timestamp_ms);
}

void TransactionalProducer::send_tombstone(const std::string& topic, std::int32_t partition,
                                           std::string_view key) {
  produce(handle_of(topic), partition, key.data(), key.size(), {},
          Owned<rd_kafka_headers_t>(rd_kafka_headers_new(0)), 0);
}

void TransactionalProducer::send_copy(const std::string& topic, std::int32_t partition,
                                      const rd_kafka_message_t& message, const Headers& extra,
                                      std::int64_t timestamp_ms) {
  rd_kafka_headers_t* own = nullptr;
  Owned<rd_kafka_headers_t> copy(rd_kafka_message_headers(&message, &own) ==
                                         RD_KAFKA_RESP_ERR_NO_ERROR
                                     ? rd_kafka_headers_copy(own)
                                     : rd_kafka_headers_new(extra.size()));
  add(copy.get(), extra);
  produce(handle_of(topic), partition, message.key, message.key_len,
          {static_cast<const char*>(message.payload), message.len}, std::move(copy), timestamp_ms);
}

void TransactionalProducer::send_offsets(rd_kafka_t* consumer,
                                         const rd_kafka_topic_partition_list_t& offsets) {
  auto* const group = rd_kafka_consumer_group_metadata(consumer);
  auto* const error =
      rd_kafka_send_offsets_to_transaction(client_.get(), &offsets, group, kTimeoutMs);
  rd_kafka_consumer_group_metadata_destroy(group);
  check("note how far it is in", error);
}

void TransactionalProducer::commit() {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(kTimeoutMs);
  auto* error = rd_kafka_commit_transaction(client_.get(), kTimeoutMs);
  while (Clock::now() < until && error != nullptr && rd_kafka_error_is_retriable(error) == 1 &&
         rd_kafka_error_txn_requires_abort(error) == 0) {
    rd_kafka_error_destroy(error);
    error = rd_kafka_commit_transaction(client_.get(), kTimeoutMs);
  }
  check("commit", error);
  throw_if_refused();
}

}  // namespace penstock::ctl
