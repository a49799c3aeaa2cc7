// Finds what lies in Kafka of users and installs, and writes tombstones where these erase.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "erasure_findings.hpp"
#include "kafka_access.hpp"

namespace penstock::ctl {

struct ErasureSettings {
  KafkaAccess kafka;
  std::set<std::string> users, installs;
  bool requests = false;            // also the installs that the topic erasure-requests names
  std::vector<std::string> topics;  // beside the gateway's; whole names
  bool apply = false;
};

// Reads all of the topics. With `apply` writes, in one transaction, the tombstones and a record of the
// topic erasure-audit. Throws Interrupted (run_control.hpp) before anything is written, KafkaAway,
// std::runtime_error.
ErasureFindings erase(const ErasureSettings& settings);

}  // namespace penstock::ctl
