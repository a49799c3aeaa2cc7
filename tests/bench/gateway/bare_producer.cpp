// The floor: librdkafka alone, producing the same events with the same guarantees as the gateway's
// sink, and nothing else.
//
//   penstock-bench-producer <brokers> <topic> <events>
//
// Prints "cpu_ns_per_event value" once every delivery report is in.

#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/gateway/typical_events.hpp"

namespace {

std::size_t failures = 0;

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++failures;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char error[256];
  if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(error);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) die("usage: penstock-bench-producer <brokers> <topic> <events>");
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", argv[1]);
  set(conf, "enable.idempotence", "true");
  set(conf, "acks", "all");
  set(conf, "linger.ms", "5");
  set(conf, "compression.type", "lz4");
  set(conf, "partitioner", "murmur2_random");
  set(conf, "queue.buffering.max.messages", "1000000");
  set(conf, "log_level", "3");  // errors: a coordinator that is still loading is none
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  char error[256];
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  if (producer == nullptr) die(error);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(producer, argv[2], nullptr);
  if (topic == nullptr) die("the topic cannot be used");

  // Built before the clock starts: the producer is measured, not snprintf.
  std::vector<std::string> events, keys;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    events.push_back(penstock::bench::typical_event(i));
    keys.push_back("user-" + std::to_string(i * 7919 % 5000));
  }
  const auto total = std::strtoull(argv[3], nullptr, 10);
  const double begin = cpu_seconds();
  for (std::uint64_t i = 0; i < total; ++i) {
    std::string& event = events[i % events.size()];
    const std::string& key = keys[i % keys.size()];
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, 0, event.data(), event.size(), key.data(),
                            key.size(), nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("an event was refused");
      rd_kafka_poll(producer, 10);
    }
    if (i % 100 == 99) rd_kafka_poll(producer, 0);
  }
  if (rd_kafka_flush(producer, 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR || failures != 0)
    die("not all events were delivered");
  std::printf("cpu_ns_per_event %.0f\n",
              (cpu_seconds() - begin) / static_cast<double>(total) * 1e9);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(producer);
}
