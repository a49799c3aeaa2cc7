#include "broker_lookup.hpp"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

constexpr int kTimeoutS = 3;

}  // namespace

GatewayKafka kafka_of_gateway(const std::string& admin_url) {
  constexpr std::string_view kScheme = "http://";
  if (!admin_url.starts_with(kScheme) || admin_url.size() == kScheme.size()) {
    throw std::runtime_error("--admin " + admin_url +
                             ": give the gateway's admin listener as http://host:port");
  }
  httplib::Client client(admin_url);
  client.set_connection_timeout(kTimeoutS);
  client.set_read_timeout(kTimeoutS);
  const auto response = client.Get("/version");
  if (!response) {
    const bool nobody = response.error() == httplib::Error::Connection;
    throw std::runtime_error((nobody ? "no gateway listens at " + admin_url
                                     : "what listens at " + admin_url + " does not answer") +
                             "; is it running? Give its admin listener with --admin, or Kafka "
                             "itself with --brokers");
  }
  const auto body = wire::parse_bounded<nlohmann::json>(response->body);
  const auto brokers = nlohmann::json::json_pointer("/kafka/brokers");
  if (response->status != 200 || !body.contains(brokers) || !body[brokers].is_string()) {
    throw std::runtime_error("what answers at " + admin_url +
                             " is not the admin listener of a Penstock gateway (its port is "
                             "admin.port of the configuration, 9464 unless set)");
  }
  const auto prefix = nlohmann::json::json_pointer("/kafka/topicPrefix");
  return {body[brokers].get<std::string>(), body.value(prefix, "")};
}

}  // namespace penstock::ctl
