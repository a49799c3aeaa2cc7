// librdkafka's objects with an owner, and its settings with a clear error. Only for
// files that talk to Kafka: all others take a Record (record_view.hpp).
#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "kafka_access.hpp"
#include "record_view.hpp"

namespace penstock::ctl {

// No broker answers, now.
struct KafkaAway : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct KafkaDestroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(const struct rd_kafka_metadata* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
template <typename T>
using Owned = std::unique_ptr<T, KafkaDestroy>;

// Throws std::runtime_error, which names the setting and never its value.
void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value);

// The settings that every client of this tool has, then those of the operator. librdkafka's log is
// thrown away: errors are told by who meets them. Throws std::runtime_error.
Owned<rd_kafka_conf_t> conf_for(const KafkaAccess& access);

// A client with these settings; takes `conf` over. Throws std::runtime_error.
Owned<rd_kafka_t> new_client(rd_kafka_type_t type, Owned<rd_kafka_conf_t> conf);

// All topics of the cluster at `brokers`, which `client` was told. Throws KafkaAway, with what to do. `heard`: what the client's error callback has heard by now, "" if nothing.
Owned<const struct rd_kafka_metadata> ask_metadata(rd_kafka_t* client, const std::string& brokers,
                                                   const std::function<std::string()>& heard);

// A copy, headers included.
Record to_record(const rd_kafka_message_t& message);

}  // namespace penstock::ctl
