// Where Kafka is and how to get in, for every command: the same options, from the command line, a
// file and the environment.
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock::ctl {

// What the command line says. Secrets do not stand there, where every process list shows them: they
// are in the file.
struct KafkaOptions {
  std::string admin = "http://127.0.0.1:9464";
  std::string brokers;
  std::optional<std::string> topic_prefix;  // none: the gateway's
  std::string config_file;
  std::vector<std::string> properties;  // name=value
};

// Adds --admin, --brokers, --topic-prefix, --kafka-config and -X. `options` outlives the parsing.
void add_kafka_options(CLI::App& command, KafkaOptions& options);

struct KafkaAccess {
  std::string brokers;
  std::string topic_prefix;
  std::map<std::string, std::string> properties;  // librdkafka's; may hold secrets
};

// Asks the gateway where its Kafka is unless the options say so. Reads the file that --kafka-config
// or PENSTOCKCTL_KAFKA_CONFIG names: a line is name=value of librdkafka, or a comment with #.
// Throws std::runtime_error, which says what is wrong and where, and never a value.
KafkaAccess kafka_access(const KafkaOptions& options);

}  // namespace penstock::ctl
