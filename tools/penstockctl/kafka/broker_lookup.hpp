// Where a gateway's Kafka is.
#pragma once

#include <string>

namespace penstock::ctl {

struct GatewayKafka {
  std::string brokers;
  std::string topic_prefix;
};

// Asks the gateway whose admin listener is at `admin_url`, for example http://127.0.0.1:9464; waits
// a few seconds at most. Throws std::runtime_error when nothing listens there, or something that is
// no gateway.
GatewayKafka kafka_of_gateway(const std::string& admin_url);

}  // namespace penstock::ctl
