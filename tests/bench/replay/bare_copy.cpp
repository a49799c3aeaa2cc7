// The floor of a replay: a transactional copy of a topic by librdkafka alone. Messages are consumed
// in batches, produced with their keys, values, headers and times, and committed 5,000 at a time.
//
//   penstock-bench-copy <brokers> <from> <to> <records>

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int kTimeoutMs = 30'000;
constexpr std::size_t kCommitEach = 5000, kBatch = 1000;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void check(rd_kafka_error_t* error) {
  if (error != nullptr) die(rd_kafka_error_string(error));
}

rd_kafka_t* client(rd_kafka_type_t type, const char* brokers,
                   const std::vector<std::array<const char*, 2>>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[256];
  const auto set = [&](const char* name, const char* value) {
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(error);
  };
  set("bootstrap.servers", brokers);
  set("log_level", "3");
  for (const auto& [name, value] : settings) set(name, value);
  rd_kafka_t* made = rd_kafka_new(type, conf, error, sizeof error);
  if (made == nullptr) die(error);
  return made;
}

void copy(rd_kafka_t* producer, rd_kafka_topic_t* topic, const rd_kafka_message_t& message) {
  rd_kafka_headers_t* own = nullptr;
  rd_kafka_headers_t* headers =
      rd_kafka_message_headers(&message, &own) == RD_KAFKA_RESP_ERR_NO_ERROR
          ? rd_kafka_headers_copy(own)
          : rd_kafka_headers_new(1);
  rd_kafka_vu_t fields[7] = {};
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = topic;
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = message.partition;
  fields[2].vtype = RD_KAFKA_VTYPE_KEY;
  fields[2].u.mem = {message.key, message.key_len};
  fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[3].u.mem = {message.payload, message.len};
  fields[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  fields[4].u.i64 = rd_kafka_message_timestamp(&message, nullptr);
  fields[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[5].u.headers = headers;
  fields[6].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[6].u.i = RD_KAFKA_MSG_F_COPY;
  check(rd_kafka_produceva(producer, fields, 7));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) die("usage: penstock-bench-copy <brokers> <from> <to> <records>");
  const auto total = std::strtoull(argv[4], nullptr, 10);
  rd_kafka_t* producer =
      client(RD_KAFKA_PRODUCER, argv[1], {{"transactional.id", argv[3]}, {"linger.ms", "20"}});
  check(rd_kafka_init_transactions(producer, kTimeoutMs));
  rd_kafka_topic_t* topic = rd_kafka_topic_new(producer, argv[3], nullptr);
  rd_kafka_t* consumer = client(RD_KAFKA_CONSUMER, argv[1],
                                {{"group.id", "bench"},
                                 {"enable.auto.commit", "false"},
                                 {"enable.auto.offset.store", "false"},
                                 {"fetch.wait.max.ms", "50"}});
  rd_kafka_poll_set_consumer(consumer);
  const struct rd_kafka_metadata* metadata = nullptr;
  rd_kafka_topic_t* source = rd_kafka_topic_new(consumer, argv[2], nullptr);
  if (rd_kafka_metadata(consumer, 0, source, &metadata, kTimeoutMs) != RD_KAFKA_RESP_ERR_NO_ERROR)
    die("no metadata");
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(0);
  for (int p = 0; p < metadata->topics[0].partition_cnt; ++p)
    rd_kafka_topic_partition_list_add(list, argv[2], p)->offset = RD_KAFKA_OFFSET_BEGINNING;
  if (rd_kafka_assign(consumer, list) != RD_KAFKA_RESP_ERR_NO_ERROR) die("cannot assign");
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer);
  std::vector<rd_kafka_message_t*> messages(kBatch);
  std::size_t copied = 0, open = 0;
  check(rd_kafka_begin_transaction(producer));
  while (copied < total) {
    const auto count = rd_kafka_consume_batch_queue(queue, 100, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i) {
      const rd_kafka_message_t& message = *messages[static_cast<std::size_t>(i)];
      if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        copy(producer, topic, message);
        ++copied;
        ++open;
      }
      rd_kafka_message_destroy(messages[static_cast<std::size_t>(i)]);
    }
    rd_kafka_poll(producer, 0);
    if (open < kCommitEach && copied < total) continue;
    check(rd_kafka_commit_transaction(producer, kTimeoutMs));
    open = 0;
    if (copied < total) check(rd_kafka_begin_transaction(producer));
  }
  std::_Exit(0);  // what ends a client is not measured
}
