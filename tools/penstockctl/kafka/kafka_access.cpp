#include "kafka_access.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "broker_lookup.hpp"

namespace penstock::ctl {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

void read_file(const std::string& path, std::map<std::string, std::string>& properties) {
  std::ifstream file(path);
  if (!file)
    throw std::runtime_error("cannot read " + path + ", which is to hold Kafka's settings");
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw std::runtime_error(path + ":" + std::to_string(number) +
                               ": expected name=value, or a comment that begins with #");
    }
    properties[std::string(trimmed(text.substr(0, equals)))] = trimmed(text.substr(equals + 1));
  }
}

}  // namespace

void add_kafka_options(CLI::App& command, KafkaOptions& options) {
  command
      .add_option("--admin", options.admin,
                  "The gateway's admin listener, which is asked where Kafka is")
      ->capture_default_str();
  command.add_option("--brokers", options.brokers, "Kafka itself, host:port; asks no gateway");
  command.add_option("--topic-prefix", options.topic_prefix,
                     "As in the gateway's kafka.topic_prefix (default: what the gateway says)");
  command
      .add_option("--kafka-config", options.config_file,
                  "File with settings of librdkafka for TLS and SASL, name=value a line")
      ->envname("PENSTOCKCTL_KAFKA_CONFIG");
  command
      .add_option("-X,--property", options.properties,
                  "One such setting; may be repeated. Not for secrets: others see the command line")
      ->allow_extra_args(false)  // what stands behind it is the next argument
      ->check([](const std::string& text) {
        return text.find('=') == std::string::npos ? "give name=value" : "";
      });
}

KafkaAccess kafka_access(const KafkaOptions& options) {
  KafkaAccess access;
  if (!options.config_file.empty()) read_file(options.config_file, access.properties);
  for (const auto& property : options.properties) {
    const auto equals = property.find('=');
    access.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  const auto kafka =
      options.brokers.empty() ? kafka_of_gateway(options.admin) : GatewayKafka{options.brokers, ""};
  access.brokers = kafka.brokers;
  access.topic_prefix = options.topic_prefix.value_or(kafka.topic_prefix);
  return access;
}

}  // namespace penstock::ctl
