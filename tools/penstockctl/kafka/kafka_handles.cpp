#include "kafka_handles.hpp"

#include <array>

namespace penstock::ctl {

void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 256> error{};
  switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size())) {
    case RD_KAFKA_CONF_OK:
      return;
    case RD_KAFKA_CONF_UNKNOWN:
      throw std::runtime_error("librdkafka has no property " + name);
    case RD_KAFKA_CONF_INVALID:
      throw std::runtime_error("librdkafka does not take this value of " + name);
  }
}

Owned<rd_kafka_conf_t> conf_for(const KafkaAccess& access) {
  Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  set_property(conf.get(), "bootstrap.servers", access.brokers);
  set_property(conf.get(), "client.id", "penstockctl");
  for (const auto& [name, value] : access.properties) set_property(conf.get(), name, value);
  rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
  return conf;
}

Owned<rd_kafka_t> new_client(rd_kafka_type_t type, Owned<rd_kafka_conf_t> conf) {
  std::array<char, 512> error{};
  Owned<rd_kafka_t> client(rd_kafka_new(type, conf.get(), error.data(), error.size()));
  if (!client) throw std::runtime_error(std::string("cannot start librdkafka: ") + error.data());
  static_cast<void>(conf.release());  // now the client's
  return client;
}

Owned<const struct rd_kafka_metadata> ask_metadata(rd_kafka_t* client, const std::string& brokers,
                                                   const std::function<std::string()>& heard) {
  constexpr int kTimeoutMs = 5000;
  const struct rd_kafka_metadata* found = nullptr;
  const auto error = rd_kafka_metadata(client, 1, nullptr, &found, kTimeoutMs);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Owned<const struct rd_kafka_metadata>(found);
  const std::string why = heard();
  throw KafkaAway(
      "no Kafka answers at " + brokers + " (" + (why.empty() ? rd_kafka_err2str(error) : why) +
      "); if it wants TLS or SASL, name a file by --kafka-config that says so as the gateway's "
      "kafka.properties do: security.protocol=SASL_SSL, sasl.mechanism=PLAIN, sasl.username=…, "
      "sasl.password=…, one a line");
}

Record to_record(const rd_kafka_message_t& message) {
  Record record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  if (message.key != nullptr)
    record.key.emplace(static_cast<const char*>(message.key), message.key_len);
  if (message.payload != nullptr)
    record.value.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    record.headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
  return record;
}

}  // namespace penstock::ctl
