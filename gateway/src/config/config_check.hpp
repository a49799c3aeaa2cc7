// Judges the values of a configuration against each other, the protocol and this machine.
#pragma once

#include <string>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

// Every reason why a gateway must not start with this configuration, each with the setting, what is
// wrong and what to do; empty if there is none. Reads the certificate's and key's files. Shows no
// secret. Does not judge kafka.properties: librdkafka does when the gateway starts.
std::vector<std::string> check_config(const Config& config);

// 127.0.0.0/8 or ::1.
bool is_loopback(const std::string& address);

}  // namespace penstock::gateway
